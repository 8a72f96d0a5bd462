import { bug } from './bug';
import { isOrderId, isOwner, isPriceTicks, isQuantityLots, OPEN_ORDERS_MAX } from './limits';
import { rankSignOf, type Side } from './side';
import type { OrderSource } from './state-hash';

/** The orders of one side in priority order, as columns of equal length. */
export type SideSnapshot = {
  readonly orderIds: readonly number[];
  readonly pricesTicks: readonly number[];
  readonly quantitiesLots: readonly number[];
  readonly owners: readonly number[];
};

/**
 * A book as plain data (JSON-like, safe integers only), canonical: books of equal content give equal snapshots.
 * A book in a call phase may be crossed, so a snapshot may be too.
 */
export type BookSnapshot = {
  readonly version: 1;
  readonly bids: SideSnapshot;
  readonly asks: SideSnapshot;
};

const COLUMNS = ['orderIds', 'pricesTicks', 'quantitiesLots', 'owners'] as const;

/** Writes a book down. */
export function snapshotOf(source: OrderSource): BookSnapshot {
  return { version: 1, bids: sideSnapshotOf(source, 'BUY'), asks: sideSnapshotOf(source, 'SELL') };
}

/** Proves that a value is a whole and possible snapshot, or throws and says where it is not. */
export function checkSnapshot(value: unknown): BookSnapshot {
  const snapshot = asRecord(value, 'snapshot');
  if (snapshot.version !== 1) bug(`snapshot version ${String(snapshot.version)} is not known`);
  const seen = new Set<number>();
  const bids = checkSide(snapshot.bids, 'BUY', seen);
  const asks = checkSide(snapshot.asks, 'SELL', seen);
  if (seen.size > OPEN_ORDERS_MAX) bug(`snapshot has ${seen.size} orders, more than ${OPEN_ORDERS_MAX}`);
  return { version: 1, bids, asks };
}

function sideSnapshotOf(source: OrderSource, side: Side): SideSnapshot {
  const snapshot = {
    orderIds: [] as number[],
    pricesTicks: [] as number[],
    quantitiesLots: [] as number[],
    owners: [] as number[],
  };
  source.forEachOrder(side, (orderId, priceTicks, quantityLots, owner) => {
    snapshot.orderIds.push(orderId);
    snapshot.pricesTicks.push(priceTicks);
    snapshot.quantitiesLots.push(quantityLots);
    snapshot.owners.push(owner);
  });
  return snapshot;
}

function checkSide(value: unknown, side: Side, seen: Set<number>): SideSnapshot {
  const record = asRecord(value, `${side} side`);
  const [orderIds, pricesTicks, quantitiesLots, owners] = COLUMNS.map((name) =>
    asNumbers(record[name], `${side} ${name}`),
  ) as [number[], number[], number[], number[]];
  const count = orderIds.length;
  if (pricesTicks.length !== count || quantitiesLots.length !== count || owners.length !== count) {
    bug(`snapshot's ${side} columns differ in length`);
  }
  const snapshot = { orderIds, pricesTicks, quantitiesLots, owners };
  for (let i = 0; i < count; i++) checkOrder(snapshot, side, i, seen);
  return snapshot;
}

function checkOrder(snapshot: SideSnapshot, side: Side, i: number, seen: Set<number>): void {
  const orderId = snapshot.orderIds[i]!;
  const priceTicks = snapshot.pricesTicks[i]!;
  const where = `snapshot's ${side} order at ${i}`;
  if (!isOrderId(orderId)) bug(`${where} has no order id`);
  if (!isPriceTicks(priceTicks)) bug(`${where} has no price`);
  if (!isQuantityLots(snapshot.quantitiesLots[i]!)) bug(`${where} has no quantity`);
  if (!isOwner(snapshot.owners[i]!)) bug(`${where} has no owner`);
  if (seen.has(orderId)) bug(`${where} repeats the order id ${orderId}`);
  seen.add(orderId);
  const previousTicks = i === 0 ? priceTicks : snapshot.pricesTicks[i - 1]!;
  if ((priceTicks - previousTicks) * rankSignOf(side) > 0) bug(`${where} is out of price order`);
}

function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) bug(`snapshot has no ${what}`);
  return value as Record<string, unknown>;
}

function asNumbers(value: unknown, what: string): number[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'number')) {
    bug(`snapshot has no list of numbers for ${what}`);
  }
  return value;
}
