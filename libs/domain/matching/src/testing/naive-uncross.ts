import { MARKET, NO_OWNER, PRICE_TICKS_MAX } from '../limits';
import type { SelfTradeAction } from '../self-trade';
import type { Side } from '../side';
import { type NaiveBook, type NaiveOrder, openLots } from './naive-book';

/** A fill of an uncrossing as the naive book reports it. */
export interface NaivePair {
  readonly buyOrderId: number;
  readonly sellOrderId: number;
  readonly priceTicks: number;
  readonly quantityLots: number;
}

/** What each order still brings into the auction. */
type Bids = ReadonlyMap<number, number>;

interface Candidate {
  readonly priceTicks: number;
  readonly volumeLots: number;
  readonly surplusLots: number;
}

/** The price at which the auction of a naive book would end, found by looking at every price that could be it. */
export function naivePrice(book: NaiveBook, referenceTicks: number): Candidate | undefined {
  return bestPrice(ordersOf(book), allLots(book), referenceTicks);
}

/** What an uncrossing came to: who lost lots to prevention, in priority order, and the fills. */
export interface NaiveUncrossing {
  readonly lost: readonly (readonly [orderId: number, lots: number])[];
  readonly pairs: readonly NaivePair[];
}

/** Uncrosses a naive book. Where two orders of one owner meet, both sides are thought over again. */
export function naiveUncross(
  book: NaiveBook,
  referenceTicks: number,
  selfTrade: (buyOrderId: number, sellOrderId: number) => SelfTradeAction,
): NaiveUncrossing {
  const orders = ordersOf(book);
  const allowed = allLots(book);
  let pairs: NaivePair[] | undefined;
  while (!pairs) {
    const best = bestPrice(orders, allowed, referenceTicks);
    pairs = best ? pairUp(orders, allowed, best.priceTicks, selfTrade) : [];
  }
  const lost = orders
    .map((order) => [order.orderId, openLots(order) - (allowed.get(order.orderId) ?? 0)] as const)
    .filter(([, lots]) => lots > 0);
  for (const [orderId, lots] of lost) book.reduce(orderId, lots);
  for (const { buyOrderId, sellOrderId, quantityLots } of pairs) {
    book.fill(buyOrderId, quantityLots);
    book.fill(sellOrderId, quantityLots);
  }
  return { lost, pairs };
}

function ordersOf(book: NaiveBook): NaiveOrder[] {
  return (['BUY', 'SELL'] as const).flatMap((side) => [...book.atMarket(side), ...book.queue(side)]);
}

function allLots(book: NaiveBook): Map<number, number> {
  return new Map(ordersOf(book).map((order) => [order.orderId, openLots(order)]));
}

function takesPart(order: NaiveOrder, priceTicks: number): boolean {
  if (order.priceTicks === MARKET) return true;
  return order.side === 'BUY' ? order.priceTicks >= priceTicks : order.priceTicks <= priceTicks;
}

function bestPrice(
  orders: readonly NaiveOrder[],
  allowed: Bids,
  referenceTicks: number,
): Candidate | undefined {
  const limits = orders.map(({ priceTicks }) => priceTicks);
  const prices = limits.flatMap((limit) => [limit - 1, limit, limit + 1]).concat(referenceTicks);
  const candidates = [...new Set(prices)]
    .filter((priceTicks) => priceTicks >= 1 && priceTicks <= PRICE_TICKS_MAX)
    .map((priceTicks) => candidateAt(orders, allowed, priceTicks))
    .filter(({ volumeLots }) => volumeLots > 0);
  const mostLots = Math.max(...candidates.map(({ volumeLots }) => volumeLots));
  const most = candidates.filter(({ volumeLots }) => volumeLots === mostLots);
  const leastLots = Math.min(...most.map(({ surplusLots }) => Math.abs(surplusLots)));
  const least = most.filter(({ surplusLots }) => Math.abs(surplusLots) === leastLots);
  const awayOf = ({ priceTicks }: Candidate): number => Math.abs(priceTicks - referenceTicks);
  const nearestTicks = Math.min(...least.map(awayOf));
  const nearest = least.filter((candidate) => awayOf(candidate) === nearestTicks);
  if (nearest.length > 1) throw new Error('naive book: two auction prices are equally good');
  return nearest[0];
}

function candidateAt(orders: readonly NaiveOrder[], allowed: Bids, priceTicks: number): Candidate {
  const lotsOf = (side: Side): number =>
    orders
      .filter((order) => order.side === side && takesPart(order, priceTicks))
      .reduce((sum, order) => sum + (allowed.get(order.orderId) ?? 0), 0);
  const [buyLots, sellLots] = [lotsOf('BUY'), lotsOf('SELL')];
  return { priceTicks, volumeLots: Math.min(buyLots, sellLots), surplusLots: buyLots - sellLots };
}

/** Pairs the orders off at a price; undefined, with less allowed to some, when two of one owner met. */
function pairUp(
  orders: readonly NaiveOrder[],
  allowed: Map<number, number>,
  priceTicks: number,
  selfTrade: (buyOrderId: number, sellOrderId: number) => SelfTradeAction,
): NaivePair[] | undefined {
  const left = new Map(allowed);
  const pairs: NaivePair[] = [];
  let isVoid = false;
  const next = (side: Side): NaiveOrder | undefined =>
    orders.find(
      (order) => order.side === side && takesPart(order, priceTicks) && left.get(order.orderId)! > 0,
    );
  const lose = ({ orderId }: NaiveOrder, lots: number): void => {
    left.set(orderId, left.get(orderId)! - lots);
    allowed.set(orderId, allowed.get(orderId)! - lots);
    isVoid = true;
  };
  for (
    let [buy, sell] = [next('BUY'), next('SELL')];
    buy && sell;
    [buy, sell] = [next('BUY'), next('SELL')]
  ) {
    const quantityLots = Math.min(left.get(buy.orderId)!, left.get(sell.orderId)!);
    const [older, newer] = buy.orderId < sell.orderId ? [buy, sell] : [sell, buy];
    const isSelf = buy.owner === sell.owner && buy.owner !== NO_OWNER;
    const action = isSelf ? selfTrade(buy.orderId, sell.orderId) : 'ALLOW';
    if (action === 'ALLOW') {
      pairs.push({ buyOrderId: buy.orderId, sellOrderId: sell.orderId, priceTicks, quantityLots });
      for (const { orderId } of [buy, sell]) left.set(orderId, left.get(orderId)! - quantityLots);
    } else if (action === 'DECREMENT') {
      for (const order of [buy, sell]) lose(order, quantityLots);
    } else {
      if (action !== 'CANCEL_OLDEST') lose(newer, left.get(newer.orderId)!);
      if (action !== 'CANCEL_NEWEST') lose(older, left.get(older.orderId)!);
    }
  }
  return isVoid ? undefined : pairs;
}
