import type { TradingEvent } from '@clearway/domain-trading';
import type { JournaledEvent } from '@clearway/platform-journal';
import type { ClientBase } from 'pg';
import { addToCandles, recountCandles } from './candle-tables';
import { insertExecutions, withSymbols } from './execution-rows';
import { type Bust, type OrderChange, OrderChanges } from './order-changes';
import { type AcceptedOrder, changeOrders, insertOrders } from './order-rows';

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
 * Projects orders, executions and candles in the caller's transaction: each row once, however many events there are. An order that these
 * events begin is written as they leave it.
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
  for (let at = 0; at < events.length; at++) {
    if (events[at]!.event.kind !== 'TradeBusted') continue;
    runs.push(events.slice(from, at + 1));
    from = at + 1;
  }
  if (from === 0) return [events];
  return from < events.length ? [...runs, events.slice(from)] : runs;
}

async function projectRun(
  client: ClientBase,
  shard: string,
  events: readonly JournaledEvent<TradingEvent>[],
): Promise<void> {
  const { changes, executions, busts } = new OrderChanges(events);
  const accepted: AcceptedOrder[] = [];
  const changed: OrderChange[] = [];
  for (const change of changes.values()) (isAccepted(change) ? accepted : changed).push(change);
  await insertOrders(client, shard, accepted);
  await changeOrders(client, shard, changed);
  const rows = await withSymbols(client, shard, executions);
  await insertExecutions(client, shard, rows);
  await addToCandles(client, shard, rows);
  for (const bust of busts) await projectBust(client, shard, bust);
}

function isAccepted(change: OrderChange): change is AcceptedOrder {
  return change.accepted !== undefined;
}

async function projectBust(client: ClientBase, shard: string, bust: Bust): Promise<void> {
  const { tradeNumber, reasons, atMicros } = bust;
  const { rows } = await client.query<BustedRow>(BUST_EXECUTION, [shard, tradeNumber, atMicros]);
  await client.query(BUST_ORDERS, [shard, tradeNumber, JSON.stringify(reasons), atMicros]);
  for (const row of rows) await recountCandles(client, shard, row.symbol, Number(row.executed_at_micros));
}

interface BustedRow {
  readonly symbol: string;
  readonly executed_at_micros: string;
}
