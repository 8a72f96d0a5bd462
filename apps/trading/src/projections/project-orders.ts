import type { Replacement, TradingEvent } from '@clearway/domain-trading';
import type { JournaledEvent } from '@clearway/platform-journal';
import { plainArray, textArray } from '@clearway/platform-projection';
import type { ClientBase } from 'pg';
import { addToCandles, recountCandles } from './candle-tables';
import { type NewExecution, type NewOrder, type OrderChange, OrderChanges, unchanged } from './order-changes';

const INSERT_ORDERS = `
INSERT INTO orders (shard, order_number, account, cl_ord_id, symbol, side, ord_type, time_in_force, post_only,
  quantity_lots, price_ticks, accepted_at_micros, extras, former_cl_ord_ids, opened, cum_lots, cum_tick_lots, canceled_lots, end_status,
  reasons, updated_at_micros)
SELECT $1, n, a, c, s, d, t, f, p, q, x, m, e, ARRAY(SELECT jsonb_array_elements_text(former)), opened, cum, tick_lots,
  canceled, ended, reasons, at
FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
  $9::boolean[], $10::bigint[], $11::bigint[], $12::bigint[], $13::jsonb[], $14::jsonb[], $15::boolean[], $16::bigint[],
  $17::numeric[], $18::bigint[], $19::text[], $20::jsonb[], $21::bigint[])
  AS r (n, a, c, s, d, t, f, p, q, x, m, e, former, opened, cum, tick_lots, canceled, ended, reasons, at)`;

const CHANGE_ORDERS = `
UPDATE orders o SET
  opened = o.opened OR r.opened,
  cum_lots = o.cum_lots + r.cum,
  cum_tick_lots = o.cum_tick_lots + r.tick_lots,
  canceled_lots = CASE WHEN r.rest THEN o.quantity_lots - o.cum_lots - r.cum - o.busted_lots
    ELSE o.canceled_lots + r.canceled END,
  end_status = coalesce(r.ended, o.end_status),
  reasons = o.reasons || r.reasons,
  updated_at_micros = r.at,
  quantity_lots = coalesce((r.replaced ->> 'quantityLots')::bigint, o.quantity_lots),
  price_ticks = coalesce((r.replaced ->> 'priceTicks')::bigint, o.price_ticks),
  extras = CASE WHEN r.replaced ? 'extras' THEN coalesce(o.extras, '{}') || (r.replaced -> 'extras') ELSE o.extras END,
  cl_ord_id = coalesce(r.replaced ->> 'clOrdId', o.cl_ord_id),
  former_cl_ord_ids = CASE WHEN r.replaced IS NULL THEN o.former_cl_ord_ids ELSE
    o.former_cl_ord_ids || o.cl_ord_id || ARRAY(SELECT jsonb_array_elements_text(r.replaced -> 'between')) END
FROM unnest($2::bigint[], $3::boolean[], $4::bigint[], $5::numeric[], $6::bigint[], $7::text[], $8::jsonb[],
  $9::bigint[], $10::boolean[], $11::jsonb[]) AS r (n, opened, cum, tick_lots, canceled, ended, reasons, at, rest, replaced)
WHERE o.shard = $1 AND o.order_number = r.n`;

const INSERT_EXECUTIONS = `
INSERT INTO executions (shard, trade_number, symbol, maker_order_number, taker_order_number, price_ticks, quantity_lots,
  maker_fee_minor, taker_fee_minor, executed_at_micros)
SELECT $1, r.n, o.symbol, r.maker, r.taker, r.price, r.lots, r.maker_fee, r.taker_fee, r.at
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
  $9::bigint[]) AS r (n, maker, taker, price, lots, maker_fee, taker_fee, at)
JOIN orders o ON o.shard = $1 AND o.order_number = r.maker`;

const BUST_EXECUTION = `
UPDATE executions SET busted_at_micros = $3 WHERE shard = $1 AND trade_number = $2
RETURNING symbol, executed_at_micros`;

const BUST_ORDERS = `
UPDATE orders o SET
  cum_lots = o.cum_lots - e.quantity_lots,
  cum_tick_lots = o.cum_tick_lots - e.price_ticks::numeric * e.quantity_lots,
  busted_lots = o.busted_lots + e.quantity_lots,
  reasons = o.reasons || $3::jsonb,
  updated_at_micros = $4
FROM executions e
WHERE e.shard = $1 AND e.trade_number = $2 AND o.shard = $1
  AND o.order_number IN (e.maker_order_number, e.taker_order_number)`;

/** Which events change a row; a new one does not compile until somebody has said so. */
const CHANGES_ROWS: Readonly<Record<TradingEvent['kind'], boolean>> = {
  OrderAccepted: true,
  OrderOpened: true,
  OrderOpenedAtMarket: true,
  TradeExecuted: true,
  OrderRejected: true,
  OrderCanceled: true,
  OrderReduced: true,
  OrderReplaced: true,
  OrderExpired: true,
  TradeBusted: true,
  InstrumentListed: false,
  TradingStatusChanged: false,
  PhaseChanged: false,
  UncrossingBegan: false,
  CancelRequested: false,
  ReplaceRequested: false,
  ReplaceRefused: false,
  HoldLowering: false,
  StopWaiting: true,
  StopTriggered: false,
  KillSwitchEngaged: false,
  KillSwitchProven: false,
  KillSwitchReleaseRequested: false,
  KillSwitchReleased: false,
  Saga: false,
};

/** The types of the events that orders and executions are made of; others are not even decoded. */
export const ORDER_EVENT_TYPES: ReadonlySet<string> = new Set(
  Object.entries(CHANGES_ROWS).flatMap(([type, changesRows]) => (changesRows ? [type] : [])),
);

/**
 * Projects orders, executions and candles: a statement a table for however many events, in the caller's transaction. An order that these events
 * begin is written as they leave it.
 */
export async function projectOrders(
  client: ClientBase,
  shard: string,
  events: readonly JournaledEvent<TradingEvent>[],
): Promise<void> {
  for (const run of runsOf(events)) await projectRun(client, shard, run);
}

/** Events up to each bust: it changes rows by what they are then, so nothing that comes later may be in them yet. */
function runsOf(
  events: readonly JournaledEvent<TradingEvent>[],
): (readonly JournaledEvent<TradingEvent>[])[] {
  const runs: (readonly JournaledEvent<TradingEvent>[])[] = [];
  let from = 0;
  for (const [at, { event }] of events.entries()) {
    if (event.kind !== 'TradeBusted') continue;
    runs.push(events.slice(from, at + 1));
    from = at + 1;
  }
  return from < events.length ? [...runs, events.slice(from)] : runs;
}

async function projectRun(
  client: ClientBase,
  shard: string,
  events: readonly JournaledEvent<TradingEvent>[],
): Promise<void> {
  const { orders, changes, executions, busts } = new OrderChanges(events);
  const run = async (name: string, text: string, values: readonly unknown[]): Promise<unknown> =>
    client.query({ name, text, values: [shard, ...values] });
  if (orders.length > 0) await run('orders-insert', INSERT_ORDERS, newOrderColumns(orders, changes));
  for (const { orderNumber } of orders) changes.delete(orderNumber);
  if (changes.size > 0) await run('orders-change', CHANGE_ORDERS, changeColumns(changes));
  if (executions.length > 0) {
    await run('executions-insert', INSERT_EXECUTIONS, executionColumns(executions));
    await addToCandles(client, shard, executions);
  }
  for (const { tradeNumber, reasons, atMicros } of busts) {
    const { rows } = await client.query<BustedRow>(BUST_EXECUTION, [shard, tradeNumber, atMicros]);
    await client.query(BUST_ORDERS, [shard, tradeNumber, JSON.stringify(reasons), atMicros]);
    for (const row of rows) await recountCandles(client, shard, row.symbol, Number(row.executed_at_micros));
  }
}

interface BustedRow {
  readonly symbol: string;
  readonly executed_at_micros: string;
}

/** An order that is new, and what these events made of it. */
interface FirstRow {
  readonly order: NewOrder;
  readonly terms: NewOrder['terms'];
  readonly formerClOrdIds: readonly string[];
  readonly left: OrderChange;
}

function newOrderColumns(orders: readonly NewOrder[], changes: OrderChanges['changes']): string[] {
  const rows = orders.map((order) => firstRow(order, changes.get(order.orderNumber)));
  return [
    plainArray(rows.map(({ order }) => order.orderNumber)),
    textArray(rows.map(({ terms }) => terms.account)),
    textArray(rows.map(({ terms }) => terms.clOrdId)),
    textArray(rows.map(({ terms }) => terms.symbol)),
    textArray(rows.map(({ terms }) => terms.side)),
    textArray(rows.map(({ terms }) => terms.ordType)),
    textArray(rows.map(({ terms }) => terms.timeInForce)),
    plainArray(rows.map(({ terms }) => terms.postOnly)),
    plainArray(rows.map(({ terms }) => terms.quantityLots)),
    plainArray(rows.map(({ terms }) => terms.priceTicks)),
    plainArray(rows.map(({ order }) => order.acceptedAtMicros)),
    textArray(rows.map(({ terms }) => (terms.extras ? JSON.stringify(terms.extras) : null))),
    textArray(
      rows.map(({ formerClOrdIds }) => (formerClOrdIds.length === 0 ? '[]' : JSON.stringify(formerClOrdIds))),
    ),
    ...stateColumns(rows.map(({ left }) => left)),
  ];
}

function firstRow(order: NewOrder, change: OrderChange | undefined): FirstRow {
  if (change === undefined)
    return { order, terms: order.terms, formerClOrdIds: [], left: unchanged(order.acceptedAtMicros) };
  const { replacement, clOrdIds } = change;
  const terms = replacement === null ? order.terms : termsAfter(order.terms, replacement);
  const formerClOrdIds = replacement === null ? [] : [order.terms.clOrdId, ...clOrdIds.slice(0, -1)];
  const left = change.cancelsRest ? { ...change, canceledLots: terms.quantityLots - change.cumLots } : change;
  return { order, terms, formerClOrdIds, left };
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

function changeColumns(changes: OrderChanges['changes']): string[] {
  const rows = [...changes.values()];
  return [
    plainArray([...changes.keys()]),
    ...stateColumns(rows),
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

function stateColumns(rows: readonly OrderChange[]): string[] {
  return [
    plainArray(rows.map((row) => row.opened)),
    plainArray(rows.map((row) => row.cumLots)),
    plainArray(rows.map((row) => row.cumTickLots)),
    plainArray(rows.map((row) => row.canceledLots)),
    textArray(rows.map((row) => row.endStatus)),
    textArray(rows.map((row) => (row.reasons.length === 0 ? '[]' : JSON.stringify(row.reasons)))),
    plainArray(rows.map((row) => row.updatedAtMicros)),
  ];
}

function executionColumns(executions: readonly NewExecution[]): string[] {
  return [
    plainArray(executions.map(({ event }) => event.tradeNumber)),
    plainArray(executions.map(({ event }) => event.makerOrderNumber)),
    plainArray(executions.map(({ event }) => event.takerOrderNumber)),
    plainArray(executions.map(({ event }) => event.priceTicks)),
    plainArray(executions.map(({ event }) => event.quantityLots)),
    plainArray(executions.map(({ event }) => event.makerFeeMinor)),
    plainArray(executions.map(({ event }) => event.takerFeeMinor)),
    plainArray(executions.map(({ atMicros }) => atMicros)),
  ];
}
