import type { Side } from '@clearway/domain-matching';

/** An order that takes part in an auction. */
export interface AuctionOrder {
  readonly side: Side;
  /** 0 for one at market. */
  readonly limitTicks: number;
  readonly lots: number;
}

/** What an auction comes to; both 0 if nothing trades. */
export interface AuctionResult {
  readonly priceTicks: number;
  readonly lots: number;
}

/**
 * The auction's rule read as a person reads it: of all prices the one with the most volume, then with the least surplus, then the
 * nearest to the reference. It tries them one by one and knows nothing of the book's ladders.
 */
export function auctionByTheRule(orders: readonly AuctionOrder[], referenceTicks: number): AuctionResult {
  let best = { priceTicks: 0, lots: 0, surplusLots: 0 };
  const highestTicks = Math.max(referenceTicks, ...orders.map(({ limitTicks }) => limitTicks));
  for (let priceTicks = 1; priceTicks <= highestTicks + 1; priceTicks++) {
    const buyLots = lotsAt(orders, 'BUY', priceTicks);
    const sellLots = lotsAt(orders, 'SELL', priceTicks);
    const each = {
      priceTicks,
      lots: Math.min(buyLots, sellLots),
      surplusLots: Math.abs(buyLots - sellLots),
    };
    if (each.lots > 0 && isBetter(each, best, referenceTicks)) best = each;
  }
  return { priceTicks: best.priceTicks, lots: best.lots };
}

function isBetter(
  a: { priceTicks: number; lots: number; surplusLots: number },
  b: { priceTicks: number; lots: number; surplusLots: number },
  referenceTicks: number,
): boolean {
  if (a.lots !== b.lots) return a.lots > b.lots;
  if (a.surplusLots !== b.surplusLots) return a.surplusLots < b.surplusLots;
  return Math.abs(a.priceTicks - referenceTicks) < Math.abs(b.priceTicks - referenceTicks);
}

/** An order that is left though one of its side with a worse limit has traded; undefined if there is none. */
export function passedOver<Order extends AuctionOrder>(
  traded: readonly AuctionOrder[],
  left: Iterable<Order>,
): Order | undefined {
  const least = { BUY: Number.POSITIVE_INFINITY, SELL: Number.POSITIVE_INFINITY };
  for (const order of traded) least[order.side] = Math.min(least[order.side], eagerness(order));
  for (const order of left) if (eagerness(order) > least[order.side]) return order;
  return undefined;
}

/** The greater, the better its limit; most for one at market. */
function eagerness({ side, limitTicks }: AuctionOrder): number {
  if (limitTicks === 0) return Number.MAX_SAFE_INTEGER;
  return side === 'BUY' ? limitTicks : -limitTicks;
}

/** The lots of a side that would trade at a price. */
export function lotsAt(orders: readonly AuctionOrder[], side: Side, priceTicks: number): number {
  let sum = 0;
  for (const { side: its, limitTicks, lots } of orders) {
    if (its !== side) continue;
    const trades = limitTicks === 0 || (side === 'BUY' ? limitTicks >= priceTicks : limitTicks <= priceTicks);
    if (trades) sum += lots;
  }
  return sum;
}
