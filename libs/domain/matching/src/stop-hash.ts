import type { Side } from './side';
import { TwoLaneHasher } from './state-hash';

/** Called with each waiting stop; `trailTicks` is 0 for one that does not trail. */
export type StopVisitor = (orderId: number, stopPriceTicks: number, trailTicks: number) => void;

/** Anything whose stops can be visited in the order of their release; the fast stop book and its naive twin hash alike. */
export interface StopSource {
  forEachStop(side: Side, visit: StopVisitor): void;
}

/** A hash of a stop book's content, as `stateHashOf` is of an order book's. 16 hexadecimal digits. */
export function stopHashOf(source: StopSource): string {
  const hasher = new TwoLaneHasher();
  for (const side of ['BUY', 'SELL'] as const) {
    let count = 0;
    source.forEachStop(side, (orderId, stopPriceTicks, trailTicks) => {
      hasher.addNumber(orderId);
      hasher.addNumber(stopPriceTicks);
      hasher.addNumber(trailTicks);
      count++;
    });
    hasher.addNumber(count);
  }
  return hasher.digest();
}
