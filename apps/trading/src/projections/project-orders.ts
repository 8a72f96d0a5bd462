import type { TradingEvent } from '@clearway/domain-trading';
import type { JournaledEvent } from '@clearway/platform-journal';
import type { ClientBase } from 'pg';
import { type NewExecution, type NewOrder, type OrderChange, OrderChanges } from './order-changes';

const INSERT_ORDERS = `
INSERT INTO orders (shard, order_number, account, cl_ord_id, symbol, side, ord_type, time_in_force, post_only,
  quantity_lots, price_ticks, accepted_at_micros, updated_at_micros, extras)
SELECT $1, n, a, c, s, d, t, f, p, q, x, m, m, e
FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[],
  $10::bigint[], $11::bigint[], $12::bigint[], $13::jsonb[]) AS r (n, a, c, s, d, t, f, p, q, x, m, e)`;

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
  cl_ord_id = coalesce(r.replaced ->> 'clOrdId', o.cl_ord_id),
  former_cl_ord_ids = CASE WHEN r.replaced IS NULL THEN o.former_cl_ord_ids ELSE
    o.former_cl_ord_ids || o.cl_ord_id || ARRAY(SELECT jsonb_array_elements_text(r.replaced -> 'between')) END
FROM unnest($2::bigint[], $3::boolean[], $4::bigint[], $5::numeric[], $6::bigint[], $7::boolean[], $8::text[],
  $9::jsonb[], $10::bigint[], $11::jsonb[]) AS r (n, opened, cum, tick_lots, canceled, rest, ended, reasons, at, replaced)
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
RETURNING maker_order_number, taker_order_number`;

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

/** Projects orders and executions: a statement a table for however many events, in the caller's transaction. */
export async function projectOrders(
  client: ClientBase,
  shard: string,
  events: readonly JournaledEvent<TradingEvent>[],
): Promise<void> {
  const { orders, changes, executions, busts } = new OrderChanges(events);
  if (orders.length > 0) await client.query(INSERT_ORDERS, [shard, ...orderColumns(orders)]);
  if (changes.size > 0) await client.query(CHANGE_ORDERS, [shard, ...changeColumns(changes)]);
  if (executions.length > 0) await client.query(INSERT_EXECUTIONS, [shard, ...executionColumns(executions)]);
  for (const { tradeNumber, reasons, atMicros } of busts) {
    await client.query(BUST_EXECUTION, [shard, tradeNumber, atMicros]);
    await client.query(BUST_ORDERS, [shard, tradeNumber, JSON.stringify(reasons), atMicros]);
  }
}

function orderColumns(orders: readonly NewOrder[]): unknown[][] {
  return [
    orders.map((order) => order.orderNumber),
    orders.map(({ terms }) => terms.account),
    orders.map(({ terms }) => terms.clOrdId),
    orders.map(({ terms }) => terms.symbol),
    orders.map(({ terms }) => terms.side),
    orders.map(({ terms }) => terms.ordType),
    orders.map(({ terms }) => terms.timeInForce),
    orders.map(({ terms }) => terms.postOnly),
    orders.map(({ terms }) => terms.quantityLots),
    orders.map(({ terms }) => terms.priceTicks),
    orders.map((order) => order.acceptedAtMicros),
    orders.map(({ terms }) => (terms.extras ? JSON.stringify(terms.extras) : null)),
  ];
}

function changeColumns(changes: OrderChanges['changes']): unknown[][] {
  const rows = [...changes.values()];
  return [
    [...changes.keys()],
    rows.map((row) => row.opened),
    rows.map((row) => row.cumLots),
    rows.map((row) => row.cumTickLots.toString()),
    rows.map((row) => row.canceledLots),
    rows.map((row) => row.cancelsRest),
    rows.map((row) => row.endStatus),
    rows.map((row) => JSON.stringify(row.reasons)),
    rows.map((row) => row.updatedAtMicros),
    rows.map(replacementColumn),
  ];
}

/** What the last replacement gave the order, and the ids that it had in between; null for most orders. */
function replacementColumn({ replacement, clOrdIds }: OrderChange): string | null {
  if (!replacement) return null;
  const { clOrdId, quantityLots, priceTicks } = replacement;
  return JSON.stringify({ clOrdId, quantityLots, priceTicks, between: clOrdIds.slice(0, -1) });
}

function executionColumns(executions: readonly NewExecution[]): unknown[][] {
  return [
    executions.map(({ event }) => event.tradeNumber),
    executions.map(({ event }) => event.makerOrderNumber),
    executions.map(({ event }) => event.takerOrderNumber),
    executions.map(({ event }) => event.priceTicks),
    executions.map(({ event }) => event.quantityLots),
    executions.map(({ event }) => event.makerFeeMinor.toString()),
    executions.map(({ event }) => event.takerFeeMinor.toString()),
    executions.map(({ atMicros }) => atMicros),
  ];
}
