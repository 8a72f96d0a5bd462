import { bug } from './bug';
import { isOrderId, isOwner, isPriceTicks, isQuantityLots, MARKET, OPEN_ORDERS_MAX } from './limits';
import { rankSignOf, type Side } from './side';
import type { OrderSource } from './state-hash';

/** The orders of one side in priority order, as columns of equal length. Quantities are the displayed ones. */
export type SideSnapshot = {
  readonly orderIds: readonly number[];
  readonly pricesTicks: readonly number[];
  readonly quantitiesLots: readonly number[];
  readonly owners: readonly number[];
};

/** What the icebergs among the orders have beside the others, in the order of bids, then asks: columns of equal length. */
export type ReserveSnapshot = {
  readonly orderIds: readonly number[];
  readonly reservesLots: readonly number[];
  readonly displaysLots: readonly number[];
};

/**
 * A book as plain data (JSON-like, safe integers only), canonical: books of equal content give equal snapshots.
 * A book in a call phase may be crossed, so a snapshot may be too. It is of version 1 unless the book has icebergs or orders
 * at market, which readers of version 1 would lose.
 */
export type BookSnapshot = {
  readonly version: 1 | 2;
  readonly bids: SideSnapshot;
  readonly asks: SideSnapshot;
  /** Of version 2, like the two below: orders without a limit have the price `MARKET`. */
  readonly reserves?: ReserveSnapshot;
  readonly marketBids?: SideSnapshot;
  readonly marketAsks?: SideSnapshot;
};

/** A snapshot of either version that was found right, with nothing left out. */
export type CheckedSnapshot = Required<BookSnapshot>;

const COLUMNS = ['orderIds', 'pricesTicks', 'quantitiesLots', 'owners'] as const;
const NO_ORDERS: SideSnapshot = { orderIds: [], pricesTicks: [], quantitiesLots: [], owners: [] };
const NO_RESERVES: ReserveSnapshot = { orderIds: [], reservesLots: [], displaysLots: [] };

/** Writes a book down. */
export function snapshotOf(source: OrderSource): BookSnapshot {
  const reserves = { orderIds: [], reservesLots: [], displaysLots: [] };
  const bids = sideSnapshotOf(source.forEachOrder.bind(source), 'BUY', reserves);
  const asks = sideSnapshotOf(source.forEachOrder.bind(source), 'SELL', reserves);
  const marketBids = sideSnapshotOf(source.forEachMarketOrder.bind(source), 'BUY', reserves);
  const marketAsks = sideSnapshotOf(source.forEachMarketOrder.bind(source), 'SELL', reserves);
  const isPlain = [reserves, marketBids, marketAsks].every(({ orderIds }) => orderIds.length === 0);
  return isPlain ? { version: 1, bids, asks } : { version: 2, bids, asks, reserves, marketBids, marketAsks };
}

/** Proves that a value is a whole and possible snapshot, or throws and says where it is not. */
export function checkSnapshot(value: unknown): CheckedSnapshot {
  const snapshot = asRecord(value, 'snapshot');
  const { version } = snapshot;
  if (version !== 1 && version !== 2) bug(`snapshot version ${String(version)} is not known`);
  const lots = new Map<number, number>();
  const bids = checkSide(snapshot.bids, 'BUY', lots, isPriceTicks);
  const asks = checkSide(snapshot.asks, 'SELL', lots, isPriceTicks);
  const reserves = version === 1 ? NO_RESERVES : checkReserves(snapshot.reserves, lots);
  const marketBids = version === 1 ? NO_ORDERS : checkSide(snapshot.marketBids, 'BUY', lots, isMarket);
  const marketAsks = version === 1 ? NO_ORDERS : checkSide(snapshot.marketAsks, 'SELL', lots, isMarket);
  if (lots.size > OPEN_ORDERS_MAX) bug(`snapshot has ${lots.size} orders, more than ${OPEN_ORDERS_MAX}`);
  return { version, bids, asks, reserves, marketBids, marketAsks };
}

type ReserveColumns = { orderIds: number[]; reservesLots: number[]; displaysLots: number[] };

function sideSnapshotOf(
  forEach: OrderSource['forEachOrder'],
  side: Side,
  reserves: ReserveColumns,
): SideSnapshot {
  const snapshot = {
    orderIds: [] as number[],
    pricesTicks: [] as number[],
    quantitiesLots: [] as number[],
    owners: [] as number[],
  };
  forEach(side, (orderId, priceTicks, quantityLots, owner, reserveLots, displayLots) => {
    snapshot.orderIds.push(orderId);
    snapshot.pricesTicks.push(priceTicks);
    snapshot.quantitiesLots.push(quantityLots);
    snapshot.owners.push(owner);
    if (reserveLots === 0) return;
    reserves.orderIds.push(orderId);
    reserves.reservesLots.push(reserveLots);
    reserves.displaysLots.push(displayLots);
  });
  return snapshot;
}

function isMarket(priceTicks: number): boolean {
  return priceTicks === MARKET;
}

/** Proves the reserves possible; `lots` has the displayed lots of every order that may have one. */
function checkReserves(value: unknown, lots: ReadonlyMap<number, number>): ReserveSnapshot {
  const record = asRecord(value, 'reserves');
  const orderIds = asNumbers(record.orderIds, 'reserve orderIds');
  const reservesLots = asNumbers(record.reservesLots, 'reserve reservesLots');
  const displaysLots = asNumbers(record.displaysLots, 'reserve displaysLots');
  if (reservesLots.length !== orderIds.length || displaysLots.length !== orderIds.length) {
    bug("snapshot's reserve columns differ in length");
  }
  if (new Set(orderIds).size !== orderIds.length) bug('snapshot repeats a reserve');
  orderIds.forEach((orderId, i) => {
    const shownLots =
      lots.get(orderId) ?? bug(`snapshot has a reserve of order ${orderId}, which it has not`);
    const isPossible =
      isQuantityLots(reservesLots[i]!) &&
      isQuantityLots(shownLots + reservesLots[i]!) &&
      isQuantityLots(displaysLots[i]!) &&
      shownLots <= displaysLots[i]!;
    if (!isPossible) bug(`snapshot's reserve at ${i} cannot be`);
  });
  return { orderIds, reservesLots, displaysLots };
}

function checkSide(
  value: unknown,
  side: Side,
  lots: Map<number, number>,
  isPrice: (priceTicks: number) => boolean,
): SideSnapshot {
  const record = asRecord(value, `${side} side`);
  const [orderIds, pricesTicks, quantitiesLots, owners] = COLUMNS.map((name) =>
    asNumbers(record[name], `${side} ${name}`),
  ) as [number[], number[], number[], number[]];
  const count = orderIds.length;
  if (pricesTicks.length !== count || quantitiesLots.length !== count || owners.length !== count) {
    bug(`snapshot's ${side} columns differ in length`);
  }
  const snapshot = { orderIds, pricesTicks, quantitiesLots, owners };
  for (let i = 0; i < count; i++) checkOrder(snapshot, side, i, lots, isPrice);
  return snapshot;
}

function checkOrder(
  snapshot: SideSnapshot,
  side: Side,
  i: number,
  lots: Map<number, number>,
  isPrice: (priceTicks: number) => boolean,
): void {
  const orderId = snapshot.orderIds[i]!;
  const priceTicks = snapshot.pricesTicks[i]!;
  const where = `snapshot's ${side} order at ${i}`;
  if (!isOrderId(orderId)) bug(`${where} has no order id`);
  if (!isPrice(priceTicks)) bug(`${where} has no price`);
  if (!isQuantityLots(snapshot.quantitiesLots[i]!)) bug(`${where} has no quantity`);
  if (!isOwner(snapshot.owners[i]!)) bug(`${where} has no owner`);
  if (lots.has(orderId)) bug(`${where} repeats the order id ${orderId}`);
  lots.set(orderId, snapshot.quantitiesLots[i]!);
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
