import { type Hold, needMinor, type RiskState } from '@clearway/domain-risk';
import { plainArray, textArray } from '@clearway/platform-projection';
import type { ClientBase } from 'pg';
import { type ChangedOrder, type OrderRef, ordersIn, type RiskEvents } from './risk-events';

const LOAD = `SELECT h.* FROM risk_holds h
  JOIN unnest($1::text[], $2::bigint[]) AS wanted (origin_shard, order_number) USING (origin_shard, order_number)`;

const PLACE = `INSERT INTO risk_holds (origin_shard, order_number, account, symbol, side, placed_lots, open_lots,
    protection_price_ticks, lot_size_minor, tick_value_minor, fee_bps, base_asset, quote_asset, held_minor, placed_at, changed_at)
  SELECT origin_shard, order_number, account, symbol, side, placed, open, price, lot_size, tick_value, fee, base, quote, held,
    to_timestamp(placed_at / 1e6), to_timestamp(changed_at / 1e6)
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
    $9::bigint[], $10::bigint[], $11::int[], $12::text[], $13::text[], $14::numeric[], $15::bigint[], $16::bigint[])
    AS hold (origin_shard, order_number, account, symbol, side, placed, open, price, lot_size, tick_value, fee, base, quote,
      held, placed_at, changed_at)`;

const CHANGE = `UPDATE risk_holds h SET open_lots = now.open_lots, held_minor = now.held_minor,
    protection_price_ticks = now.price, changed_at = to_timestamp(now.at / 1e6)
  FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::numeric[], $5::bigint[], $6::bigint[])
    AS now (origin_shard, order_number, open_lots, held_minor, at, price)
  WHERE h.origin_shard = now.origin_shard AND h.order_number = now.order_number`;

const END = `DELETE FROM risk_holds h USING unnest($1::text[], $2::bigint[]) AS ended (origin_shard, order_number)
  WHERE h.origin_shard = ended.origin_shard AND h.order_number = ended.order_number`;

interface HoldRow {
  readonly origin_shard: string;
  readonly order_number: string;
  readonly account: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly open_lots: string;
  readonly protection_price_ticks: string;
  readonly lot_size_minor: string;
  readonly tick_value_minor: string;
  readonly fee_bps: number;
  readonly base_asset: string;
  readonly quote_asset: string;
}

/** Reads the open holds among these orders, as the table has them. */
export async function loadOpenHolds(client: ClientBase, orders: readonly OrderRef[]): Promise<Hold[]> {
  if (orders.length === 0) return [];
  const values = orderColumns(orders);
  const { rows } = await client.query<HoldRow>({ name: 'risk-holds-load', text: LOAD, values });
  return rows.map((row) => ({
    originShard: row.origin_shard,
    orderNumber: Number(row.order_number),
    account: row.account,
    symbol: row.symbol,
    side: row.side,
    openLots: Number(row.open_lots),
    protectionPriceTicks: Number(row.protection_price_ticks),
    lotSizeMinor: BigInt(row.lot_size_minor),
    tickValueMinor: BigInt(row.tick_value_minor),
    feeBps: row.fee_bps,
    baseAsset: row.base_asset,
    quoteAsset: row.quote_asset,
  }));
}

/** A hold as events left it. */
interface ChangedHold {
  readonly order: ChangedOrder;
  readonly hold: Hold;
}

/**
 * Brings the table of open holds up to date: it gains those that the events placed, and loses those that they ended. A hold that is placed and
 * ended within them was never there.
 * @param known what the table had of them before
 */
export async function projectHolds(
  client: ClientBase,
  events: RiskEvents,
  known: readonly Hold[],
  changes: RiskState,
): Promise<void> {
  const before = new Set(known.map(keyOf));
  const placed: ChangedHold[] = [];
  const changed: ChangedHold[] = [];
  const ended: OrderRef[] = [];
  for (const order of ordersIn(events)) {
    const hold = changes.holds.get(order.originShard, order.orderNumber);
    const wasKnown = before.has(keyOf(order));
    if (hold !== undefined) (wasKnown ? changed : placed).push({ order, hold });
    else if (wasKnown) ended.push(order);
  }
  await insertPlaced(client, placed, events);
  if (changed.length > 0)
    await client.query({ name: 'risk-holds-change', text: CHANGE, values: changeColumns(changed) });
  if (ended.length > 0)
    await client.query({ name: 'risk-holds-end', text: END, values: orderColumns(ended) });
}

async function insertPlaced(
  client: ClientBase,
  placed: readonly ChangedHold[],
  events: RiskEvents,
): Promise<void> {
  if (placed.length === 0) return;
  const placings = new Map<string, { readonly lots: number; readonly atMicros: number }>();
  for (const { event, context } of events) {
    if (event.kind !== 'HoldPlaced') continue;
    const { orderNumber, quantityLots: lots } = event.reserve;
    const { originShard } = event.key;
    placings.set(keyOf({ originShard, orderNumber }), { lots, atMicros: context.atMicros });
  }
  const values = placedColumns(
    placed.map(({ order, hold }) => {
      const placing = placings.get(keyOf(order));
      if (placing === undefined) throw new Error(`the hold of ${keyOf(order)} was never placed`);
      return { order, hold, placing };
    }),
  );
  await client.query({ name: 'risk-holds-place', text: PLACE, values });
}

function placedColumns(
  holds: readonly (ChangedHold & {
    readonly placing: { readonly lots: number; readonly atMicros: number };
  })[],
): string[] {
  return [
    ...orderColumns(holds.map(({ order }) => order)),
    textArray(holds.map(({ hold }) => hold.account)),
    textArray(holds.map(({ hold }) => hold.symbol)),
    textArray(holds.map(({ hold }) => hold.side)),
    plainArray(holds.map(({ placing }) => placing.lots)),
    plainArray(holds.map(({ hold }) => hold.openLots)),
    plainArray(holds.map(({ hold }) => hold.protectionPriceTicks)),
    plainArray(holds.map(({ hold }) => hold.lotSizeMinor)),
    plainArray(holds.map(({ hold }) => hold.tickValueMinor)),
    plainArray(holds.map(({ hold }) => hold.feeBps)),
    textArray(holds.map(({ hold }) => hold.baseAsset)),
    textArray(holds.map(({ hold }) => hold.quoteAsset)),
    plainArray(holds.map(({ hold }) => needMinor(hold))),
    plainArray(holds.map(({ placing }) => placing.atMicros)),
    plainArray(holds.map(({ order }) => order.changedAtMicros)),
  ];
}

function changeColumns(holds: readonly ChangedHold[]): string[] {
  return [
    ...orderColumns(holds.map(({ order }) => order)),
    plainArray(holds.map(({ hold }) => hold.openLots)),
    plainArray(holds.map(({ hold }) => needMinor(hold))),
    plainArray(holds.map(({ order }) => order.changedAtMicros)),
    plainArray(holds.map(({ hold }) => hold.protectionPriceTicks)),
  ];
}

function orderColumns(orders: readonly OrderRef[]): string[] {
  return [
    textArray(orders.map((order) => order.originShard)),
    plainArray(orders.map((order) => order.orderNumber)),
  ];
}

function keyOf({ originShard, orderNumber }: OrderRef): string {
  return `${originShard}#${orderNumber}`;
}
