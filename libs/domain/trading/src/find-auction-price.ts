import type { SelfTradeAction } from '@clearway/domain-matching';
import type { ReasonCode } from '@clearway/kernel';
import { admit } from './admission';
import { takeOff } from './cancel-order';
import type { TradingHost } from './host';
import { preventTrade } from './match-order';
import { type Order, selfTradeActionOf } from './order';
import { type Market, marketPriceTicks, orderOf } from './state';

/** What a turn's search for an auction's price came to. */
export interface PriceSearched {
  /** True if the book's plan is what is to be traded; false if there is more to do than a turn does. */
  readonly isFinal: boolean;
  /** Orders that left, or lost lots. */
  readonly changes: number;
}

/**
 * Looks for the price at which an auction ends, in rounds: orders that the table of admission refuses at a price leave, those that
 * would trade with their own participant lose lots, and the price is found anew. What a round takes is taken for good, so a
 * later turn goes on from the book as it then is.
 */
export function findAuctionPrice(host: TradingHost, market: Market): PriceSearched {
  const { uncrossing } = market.book;
  const { roundsATurnMax: roundsMax, changesATurnMax: changesMax } = host.uncrossLimits;
  let changes = 0;
  for (let rounds = 0; rounds < roundsMax && changes < changesMax; ) {
    plan(host, market);
    rounds += uncrossing.rounds;
    const refused = uncrossing.isFinal ? refusals(host, market) : [];
    const isFinal = uncrossing.isFinal && refused.length === 0;
    if (refused.length === 0) changes += applyPreventions(host, market);
    for (const { order, cause } of refused) takeOff(host, order, cause);
    changes += refused.length;
    if (isFinal) return { isFinal, changes };
  }
  return { isFinal: false, changes };
}

function plan({ state, uncrossLimits }: TradingHost, market: Market): void {
  const rule = (buyNumber: number, sellNumber: number): SelfTradeAction =>
    selfTradeActionOf(orderOf(state, Math.max(buyNumber, sellNumber)).terms);
  const { roundsAPlanMax: roundsMax, leaveAtOnceMax: preventionsMax } = uncrossLimits;
  const limits = { roundsMax, preventionsMax };
  market.book.planUncrossing(marketPriceTicks(market), rule, market.book.uncrossing, limits);
}

/** Takes the lots that the plan prevents from trading. Answers from how many orders. */
function applyPreventions(host: TradingHost, { book: { uncrossing } }: Market): number {
  const prevented = Array.from({ length: uncrossing.preventedCount }, (_, index) => ({
    orderNumber: uncrossing.preventedOrderIds[index] as number,
    lots: uncrossing.preventedLots[index] as number,
  }));
  for (const { orderNumber, lots } of prevented) preventTrade(host, orderOf(host.state, orderNumber), lots);
  return prevented.length;
}

/** Orders that would trade and may not, no more than leave at once. */
function refusals(host: TradingHost, market: Market): { order: Order; cause: ReasonCode }[] {
  const { priceTicks, count, buyOrderIds, sellOrderIds } = market.book.uncrossing;
  const numbers = new Set<number>();
  for (let i = 0; i < count; i += 1) numbers.add(buyOrderIds[i] as number).add(sellOrderIds[i] as number);
  const refused: { order: Order; cause: ReasonCode }[] = [];
  for (const orderNumber of numbers) {
    const order = orderOf(host.state, orderNumber);
    const cause = admit('uncross', host, market, order.terms, priceTicks, order);
    if (cause) refused.push({ order, cause });
    if (refused.length === host.uncrossLimits.leaveAtOnceMax) break;
  }
  return refused;
}
