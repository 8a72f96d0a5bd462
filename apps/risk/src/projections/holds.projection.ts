import { type Hold, needMinor, type RiskState } from '@clearway/domain-risk';
import type { ClientBase } from 'pg';
import { type OrderRef, ordersIn, type RiskEvents } from './risk-events';

const LOAD = `SELECT h.* FROM risk_holds h
  JOIN unnest($1::text[], $2::bigint[]) AS wanted (origin_shard, order_number) USING (origin_shard, order_number)
  WHERE h.open_lots > 0`;

const PLACE = `INSERT INTO risk_holds (origin_shard, order_number, account, symbol, side, placed_lots, open_lots,
    protection_price_ticks, lot_size_minor, tick_value_minor, fee_bps, base_asset, quote_asset, held_minor, placed_at, changed_at)
  SELECT origin_shard, order_number, account, symbol, side, lots, lots, price, lot_size, tick_value, fee, base, quote, 0,
    to_timestamp(at / 1e6), to_timestamp(at / 1e6)
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
    $9::bigint[], $10::int[], $11::text[], $12::text[], $13::bigint[])
    AS placed (origin_shard, order_number, account, symbol, side, lots, price, lot_size, tick_value, fee, base, quote, at)
  ON CONFLICT (origin_shard, order_number) DO UPDATE SET placed_lots = excluded.placed_lots, placed_at = excluded.placed_at,
    protection_price_ticks = excluded.protection_price_ticks`;

const CHANGE = `UPDATE risk_holds h SET open_lots = now.open_lots, held_minor = now.held_minor,
    protection_price_ticks = coalesce(now.price, h.protection_price_ticks), changed_at = to_timestamp(now.at / 1e6)
  FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::numeric[], $5::bigint[], $6::bigint[])
    AS now (origin_shard, order_number, open_lots, held_minor, at, price)
  WHERE h.origin_shard = now.origin_shard AND h.order_number = now.order_number`;

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
  const { rows } = await client.query<HoldRow>(LOAD, orderColumns(orders));
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

/** Writes the holds that were placed, then what every hold touched has left. */
export async function projectHolds(
  client: ClientBase,
  events: RiskEvents,
  changes: RiskState,
): Promise<void> {
  const orders = ordersIn(events);
  if (orders.length === 0) return;
  await insertPlaced(client, events);
  const holds = orders.map(({ originShard, orderNumber }) => changes.holds.get(originShard, orderNumber));
  const openLots = holds.map((hold) => hold?.openLots ?? 0);
  const heldMinor = holds.map((hold) => (hold ? needMinor(hold) : 0n));
  const changedAt = orders.map(({ changedAtMicros }) => changedAtMicros);
  const prices = holds.map((hold) => hold?.protectionPriceTicks ?? null);
  await client.query(CHANGE, [...orderColumns(orders), openLots, heldMinor, changedAt, prices]);
}

async function insertPlaced(client: ClientBase, events: RiskEvents): Promise<void> {
  const placed = events.flatMap(({ event, context }) =>
    event.kind === 'HoldPlaced' ? [{ event, order: event.reserve, atMicros: context.atMicros }] : [],
  );
  if (placed.length === 0) return;
  await client.query(PLACE, [
    placed.map(({ event }) => event.key.originShard),
    placed.map(({ order }) => order.orderNumber),
    placed.map(({ order }) => order.account),
    placed.map(({ order }) => order.symbol),
    placed.map(({ order }) => order.side),
    placed.map(({ order }) => order.quantityLots),
    placed.map(({ event }) => event.protectionPriceTicks),
    placed.map(({ order }) => order.lotSizeMinor),
    placed.map(({ order }) => order.tickValueMinor),
    placed.map(({ order }) => order.feeBps),
    placed.map(({ order }) => order.baseAsset),
    placed.map(({ order }) => order.quoteAsset),
    placed.map(({ atMicros }) => atMicros),
  ]);
}

function orderColumns(orders: readonly OrderRef[]): [string[], number[]] {
  return [orders.map((order) => order.originShard), orders.map((order) => order.orderNumber)];
}
