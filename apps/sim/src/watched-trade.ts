import type { WatchedOrder } from './watched-order';

/** A trade as the watch looks at it. */
export interface WatchedTrade {
  readonly number: number;
  readonly maker: WatchedOrder;
  readonly taker: WatchedOrder;
  readonly priceTicks: number;
  readonly lots: number;
  /** The journal's time. */
  readonly atMicros: number;
}

/** Says that an invariant broke. */
export type Fail = (invariant: string, detail: string) => void;
