import { type AuctionPrice, PHASE_RULES } from '@clearway/domain-matching';
import type { PhaseChanged } from './events';
import { findAuctionPrice } from './find-auction-price';
import type { TradingHost } from './host';
import { executeTrade } from './match-order';
import { type Market, marketPriceTicks, orderOf } from './state';

/** What an uncrossing came to. */
export interface Uncrossed {
  /** 0 if nothing traded. */
  readonly priceTicks: number;
  readonly lots: number;
}

/** No auction, or one in which nothing traded. */
export const NO_UNCROSSING: Uncrossed = { priceTicks: 0, lots: 0 };

/** What is to become of a market's phase. */
export type PhaseChange = Pick<PhaseChanged, 'phase' | 'atMicros' | 'endsAtMicros' | 'cause'>;

/**
 * Ends a call auction: every order that can trade at the one price does, by the same events as in continuous trading. Orders
 * that the table of admission refuses at that price leave first, and the price is found anew. Of two orders the older
 * one is the maker. Answers undefined when there is more to do than one turn does: then UncrossingBegan is emitted and the
 * clock goes on with it, while the book takes no order and lets none go.
 */
export function uncross(host: TradingHost, market: Market, change: PhaseChange): Uncrossed | undefined {
  if (market.uncrossing?.priceTicks) return tradeOn(host, market);
  const { isFinal, changes } = findAuctionPrice(host, market);
  const { priceTicks, volumeLots: lots, count } = market.book.uncrossing;
  if (!isFinal) {
    if (!market.uncrossing) putOff(host, market, change, NO_UNCROSSING);
    return undefined;
  }
  if (count === 0) return NO_UNCROSSING;
  const found = { priceTicks, lots };
  if (changes + count > host.uncrossLimits.changesATurnMax) {
    putOff(host, market, change, found);
    return undefined;
  }
  makeTrades(host, market, priceTicks);
  return found;
}

/** Notes that the phase changes when all of the auction is carried out, at this price; 0 while it is not known. */
export function putOff(host: TradingHost, market: Market, change: PhaseChange, found: Uncrossed): void {
  const { phase, atMicros, endsAtMicros, cause } = change;
  const auction = { auctionPriceTicks: found.priceTicks, auctionLots: found.lots };
  const { symbol } = market.instrument;
  host.turn.emit({ kind: 'UncrossingBegan', symbol, phase, atMicros, endsAtMicros, cause, ...auction });
}

/** What the auction that collects would come to if it ended now; undefined where nothing is collected or would trade. */
export function indicativePriceOf(market: Market): AuctionPrice | undefined {
  if (!PHASE_RULES[market.phase].isCollecting || market.uncrossing) return undefined;
  return market.book.indicativePrice(marketPriceTicks(market));
}

/** Makes the next trades of an auction whose price is found. */
function tradeOn(host: TradingHost, market: Market): Uncrossed | undefined {
  const { uncrossing, book } = market;
  if (!uncrossing) throw new Error(`no auction of ${market.instrument.symbol} is under way`);
  const { priceTicks, lots, buyNumber: buyOrderId, sellNumber: sellOrderId } = uncrossing;
  const { changesATurnMax: tradesMax } = host.uncrossLimits;
  const count = book.resumeUncrossing(priceTicks, { buyOrderId, sellOrderId }, tradesMax);
  makeTrades(host, market, priceTicks);
  return count < tradesMax ? { priceTicks, lots } : undefined;
}

/** The plan is copied first: what the events start may plan for other orders. */
function makeTrades(host: TradingHost, market: Market, priceTicks: number): void {
  const { uncrossing } = market.book;
  const fills = Array.from({ length: uncrossing.count }, (_, index) => ({
    buyNumber: uncrossing.buyOrderIds[index] as number,
    sellNumber: uncrossing.sellOrderIds[index] as number,
    lots: uncrossing.quantitiesLots[index] as number,
  }));
  for (const { buyNumber, sellNumber, lots } of fills) {
    const taker = orderOf(host.state, Math.max(buyNumber, sellNumber));
    executeTrade(host, taker, market, Math.min(buyNumber, sellNumber), priceTicks, lots);
  }
}
