import type { OrderChange, TapeTrade, TouchedLevel } from '@clearway/domain-market-data';
import type { InstrumentState } from '../instrument-state';
import type { MarketDataLimits } from '../limits';
import type { Topic, TopicCounts } from '../topic';

/** What every channel of an instrument is made with. */
export interface ChannelParts {
  readonly state: InstrumentState;
  readonly epoch: number;
  readonly limits: MarketDataLimits;
  /** Shared by all instruments. */
  readonly counts: Readonly<Record<'quotes' | 'depth' | 'orders' | 'trades' | 'candles', TopicCounts>>;
}

/**
 * One kind of view of an instrument. It is told of each change after the state has taken it, gathers what it needs, and
 * publishes it in one message a round. Nothing is gathered while it has no subscriber.
 */
export interface Channel {
  readonly topic: Topic;
  /** Changes that wait to be published. */
  readonly gathered: number;
  ordered?(change: OrderChange, touched: TouchedLevel): void;
  traded?(trade: TapeTrade): void;
  busted?(tradeNumber: number): void;
  statusChanged?(): void;
  /** The candles since this time were read anew. */
  recounted?(fromMicros: number): void;
  /** Publishes what was gathered, if anything. */
  flush(): void;
}
