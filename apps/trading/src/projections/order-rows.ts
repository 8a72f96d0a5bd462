import type { Replacement } from '@clearway/domain-trading';
import {
  copyRows,
  parameterRows,
  piecesOf,
  plainArray,
  type RowWriter,
  textArray,
} from '@clearway/platform-projection';
import type { ClientBase } from 'pg';
import type { NewOrder, OrderChange } from './order-changes';

const NEW_ORDERS = `orders (shard, order_number, account, cl_ord_id, symbol, side, ord_type, time_in_force, post_only,
  quantity_lots, price_ticks, accepted_at_micros, extras, former_cl_ord_ids, opened, cum_lots, cum_tick_lots, canceled_lots, end_status,
  reasons, updated_at_micros)`;

const CHANGES = {
  n: 'bigint',
  opened: 'boolean',
  cum: 'bigint',
  tick_lots: 'numeric',
  canceled: 'bigint',
  ended: 'text',
  reasons: 'jsonb',
  at: 'bigint',
  rest: 'boolean',
  replaced: 'jsonb',
};

/** Exported so that a test can see how it is planned. */
export const CHANGE_ORDERS = `
UPDATE orders o SET
  opened = o.opened OR r.opened,
  cum_lots = o.cum_lots + r.cum,
  cum_tick_lots = o.cum_tick_lots + r.tick_lots,
  canceled_lots = CASE WHEN r.rest THEN o.quantity_lots - o.cum_lots - r.cum - o.busted_lots
    ELSE o.canceled_lots + r.canceled END,
  end_status = coalesce(r.ended, o.end_status),
  reasons = coalesce(o.reasons || r.reasons, o.reasons),
  updated_at_micros = r.at,
  quantity_lots = coalesce((r.replaced ->> 'quantityLots')::bigint, o.quantity_lots),
  price_ticks = coalesce((r.replaced ->> 'priceTicks')::bigint, o.price_ticks),
  extras = CASE WHEN r.replaced ? 'extras' THEN coalesce(o.extras, '{}') || (r.replaced -> 'extras') ELSE o.extras END,
  cl_ord_id = coalesce(r.replaced ->> 'clOrdId', o.cl_ord_id),
  former_cl_ord_ids = CASE WHEN r.replaced IS NULL THEN o.former_cl_ord_ids ELSE
    o.former_cl_ord_ids || o.cl_ord_id || ARRAY(SELECT jsonb_array_elements_text(r.replaced -> 'between')) END
FROM ${parameterRows(CHANGES, 2)} AS r
WHERE o.shard = $1 AND o.order_number = r.n`;

/** An order that is new, and what its first events made of it. */
export type AcceptedOrder = OrderChange & { readonly accepted: NewOrder };

/**
 * Writes rows of new orders as their first events left them. They come account by account: that is how two of the table's indexes are
 * ordered, and each of these would cost as much as the row itself were it entered at a random place.
 */
export async function insertOrders(
  client: ClientBase,
  shard: string,
  orders: readonly AcceptedOrder[],
): Promise<void> {
  await copyRows(client, NEW_ORDERS, byAccount(orders), (to, order) => writeOrder(to, shard, order));
}

/** Changes rows that are there. */
export async function changeOrders(
  client: ClientBase,
  shard: string,
  changes: readonly OrderChange[],
): Promise<void> {
  for (const piece of piecesOf(changes)) await client.query(CHANGE_ORDERS, [shard, ...changeColumns(piece)]);
}

function byAccount(orders: readonly AcceptedOrder[]): AcceptedOrder[] {
  const accounts = new Map<string, AcceptedOrder[]>();
  for (const order of orders) {
    const { account } = order.accepted.terms;
    const others = accounts.get(account);
    if (others) others.push(order);
    else accounts.set(account, [order]);
  }
  const sorted: AcceptedOrder[] = [];
  for (const account of [...accounts.keys()].sort())
    for (const order of accounts.get(account)!) sorted.push(order);
  return sorted;
}

function writeOrder(to: RowWriter, shard: string, order: AcceptedOrder): void {
  const { accepted, replacement } = order;
  const terms = replacement === null ? accepted.terms : termsAfter(accepted.terms, replacement);
  const formerClOrdIds = replacement === null ? [] : [accepted.terms.clOrdId, ...order.clOrdIds.slice(0, -1)];
  const canceledLots = order.cancelsRest ? terms.quantityLots - order.cumLots : order.canceledLots;
  to.text(shard).integer(order.orderNumber).text(terms.account).text(terms.clOrdId).text(terms.symbol);
  to.text(terms.side).text(terms.ordType).text(terms.timeInForce).boolean(terms.postOnly);
  to.integer(terms.quantityLots).integer(terms.priceTicks).integer(accepted.acceptedAtMicros);
  to.text(terms.extras ? JSON.stringify(terms.extras) : null);
  to.text(formerClOrdIds.length === 0 ? '{}' : textArray(formerClOrdIds));
  to.boolean(order.opened).integer(order.cumLots).integer(order.cumTickLots).integer(canceledLots);
  to.text(order.endStatus)
    .text(reasonsText(order) ?? '[]')
    .integer(order.updatedAtMicros);
}

/** JSON of the reasons, null when there are none. */
function reasonsText({ reasons }: OrderChange): string | null {
  return reasons.length === 0 ? null : JSON.stringify(reasons);
}

function newTerms({ clOrdId, quantityLots, priceTicks }: Replacement) {
  return { clOrdId, quantityLots, priceTicks };
}

/** Terms out of the ordinary that the order has from then on; undefined for most orders, which have none. */
function newExtras({ stopPriceTicks, displayLots }: Replacement): NewOrder['terms']['extras'] {
  if (!stopPriceTicks && !displayLots) return undefined;
  return { ...(stopPriceTicks && { stopPriceTicks }), ...(displayLots && { displayLots }) };
}

function termsAfter(terms: NewOrder['terms'], replacement: Replacement): NewOrder['terms'] {
  const extras = newExtras(replacement);
  const changed = { ...terms, ...newTerms(replacement) };
  return extras ? { ...changed, extras: { ...terms.extras, ...extras } } : changed;
}

function changeColumns(rows: readonly OrderChange[]): string[] {
  return [
    plainArray(rows.map((row) => row.orderNumber)),
    plainArray(rows.map((row) => row.opened)),
    plainArray(rows.map((row) => row.cumLots)),
    plainArray(rows.map((row) => row.cumTickLots)),
    plainArray(rows.map((row) => row.canceledLots)),
    textArray(rows.map((row) => row.endStatus)),
    textArray(rows.map(reasonsText)),
    plainArray(rows.map((row) => row.updatedAtMicros)),
    plainArray(rows.map((row) => row.cancelsRest)),
    textArray(rows.map(replacementColumn)),
  ];
}

/** What the last replacement gave the order, and the ids that it had in between; null for most orders. */
function replacementColumn({ replacement, clOrdIds }: OrderChange): string | null {
  if (!replacement) return null;
  const extras = newExtras(replacement);
  const between = clOrdIds.slice(0, -1);
  return JSON.stringify({ ...newTerms(replacement), between, ...(extras && { extras }) });
}
