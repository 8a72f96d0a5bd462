import { type AuctionPrice, PHASE_RULES, type SelfTradeAction } from '@clearway/domain-matching';
import { admit } from './admission';
import { takeOff } from './cancel-order';
import type { TradingHost } from './host';
import { executeTrade, preventTrade } from './match-order';
import { type Order, selfTradeActionOf } from './order';
import { type Market, marketPriceTicks, orderOf } from './state';

/** What an uncrossing came to. */
export interface Uncrossed {
  /** 0 if nothing traded. */
  readonly priceTicks: number;
  readonly lots: number;
}

/** No auction, or one in which nothing traded. */
export const NO_UNCROSSING: Uncrossed = { priceTicks: 0, lots: 0 };

interface Fill {
  readonly buyNumber: number;
  readonly sellNumber: number;
  readonly lots: number;
}

/**
 * Ends a call auction: every order that can trade at the one price does, by the same events as in continuous trading. Orders
 * that the table of admission refuses at that price leave first, and the price is found anew. Of two orders the older
 * one is the maker. All of it is one turn: at most as many trades as orders rest.
 */
export function uncross(host: TradingHost, market: Market): Uncrossed {
  const { uncrossing } = market.book;
  plan(host, market);
  for (let refused = refusals(host, market); refused.length > 0; refused = refusals(host, market)) {
    for (const { order, cause } of refused) takeOff(host, order, cause);
    plan(host, market);
  }
  const { priceTicks, volumeLots: lots, preventedCount } = uncrossing;
  const fills = plannedFills(market);
  const prevented = Array.from({ length: preventedCount }, (_, index) => ({
    orderNumber: uncrossing.preventedOrderIds[index] as number,
    lots: uncrossing.preventedLots[index] as number,
  }));
  for (const each of prevented) preventTrade(host, orderOf(host.state, each.orderNumber), each.lots);
  for (const fill of fills) {
    const makerNumber = Math.min(fill.buyNumber, fill.sellNumber);
    const taker = orderOf(host.state, Math.max(fill.buyNumber, fill.sellNumber));
    executeTrade(host, taker, market, makerNumber, priceTicks, fill.lots);
  }
  return fills.length === 0 ? NO_UNCROSSING : { priceTicks, lots };
}

/** What the auction that collects would come to if it ended now; undefined where nothing is collected or would trade. */
export function indicativePriceOf(market: Market): AuctionPrice | undefined {
  if (!PHASE_RULES[market.phase].isCollecting) return undefined;
  return market.book.indicativePrice(marketPriceTicks(market));
}

/** Takes off what an auction has left of orders at market and of orders for the auction only. */
export function endAuctionOrders(host: TradingHost, { book }: Market): void {
  const left: Order[] = [];
  const take = (orderNumber: number): void => void left.push(orderOf(host.state, orderNumber));
  for (const side of ['BUY', 'SELL'] as const) {
    book.forEachMarketOrder(side, take);
    book.forEachOrder(side, (orderNumber) => {
      if (orderOf(host.state, orderNumber).terms.timeInForce === 'AT_AUCTION') take(orderNumber);
    });
  }
  for (const order of left) takeOff(host, order, 'AUCTION_REMAINDER');
}

function plan({ state }: TradingHost, market: Market): void {
  market.book.planUncrossing(marketPriceTicks(market), (buyNumber, sellNumber): SelfTradeAction => {
    const newer = orderOf(state, Math.max(buyNumber, sellNumber));
    return selfTradeActionOf(newer.terms);
  });
}

function plannedFills({ book: { uncrossing } }: Market): Fill[] {
  return Array.from({ length: uncrossing.count }, (_, index) => ({
    buyNumber: uncrossing.buyOrderIds[index] as number,
    sellNumber: uncrossing.sellOrderIds[index] as number,
    lots: uncrossing.quantitiesLots[index] as number,
  }));
}

/** Orders that would trade and may not. */
function refusals(host: TradingHost, market: Market) {
  const { priceTicks } = market.book.uncrossing;
  const fills = plannedFills(market);
  const numbers = new Set(fills.flatMap(({ buyNumber, sellNumber }) => [buyNumber, sellNumber]));
  return [...numbers].flatMap((orderNumber) => {
    const order = orderOf(host.state, orderNumber);
    const cause = admit('uncross', host, market, order.terms, priceTicks, order);
    return cause ? [{ order, cause }] : [];
  });
}
