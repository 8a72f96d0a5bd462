import type { OrderBook } from '@clearway/domain-matching';
import type { Workload } from '../matching/workload';

/** The gate looks into the book after every message of cases that are no longer than this. */
export const TRACED_MESSAGES_MAX = 64;

/** The prices that a workload names, ascending: where a trace looks for lots. */
export function pricesOf(workload: Workload): number[] {
  const prices = new Set(workload.pricesTicks.filter((priceTicks) => priceTicks > 0));
  return [...prices].sort((a, b) => a - b);
}

/** One line about the book after a message: sequence, best bid and ask (or -), then the buy and sell lots at each price. */
export function stateLine(book: OrderBook, sequence: number, pricesTicks: readonly number[]): string {
  const best = [book.bestPriceTicks('BUY') ?? '-', book.bestPriceTicks('SELL') ?? '-'];
  const lots = pricesTicks.flatMap((price) => [book.levelLots('BUY', price), book.levelLots('SELL', price)]);
  return `${[sequence, ...best, ...lots].join(',')}\n`;
}
