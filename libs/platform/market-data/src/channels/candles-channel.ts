import { marketdata } from '@clearway/contracts';
import {
  type Candle,
  type CandleInterval,
  INTERVAL_MICROS,
  type TapeTrade,
} from '@clearway/domain-market-data';
import { encodeMessage } from '../encode-message';
import { type SnapshotCause, Topic, type TopicSource } from '../topic';
import type { Channel, ChannelParts } from './channel';

const CHANNEL = marketdata.Channel.CHANNEL_CANDLES;
/** Candles in a snapshot, as far as memory has them: older ones are for ListCandles. */
const SNAPSHOT_CANDLES_MAX = 20;

/** Candles of one interval: the ones that changed since the last message, whole; whoever is behind gets the newest. */
export class CandlesChannel implements Channel, TopicSource {
  readonly topic: Topic;
  /** Time of the earliest change that was not published; undefined when there is none. */
  private changedMicros: number | undefined;

  constructor(
    private readonly parts: ChannelParts,
    private readonly interval: CandleInterval,
  ) {
    this.topic = new Topic(this, parts.limits, 0, parts.counts.candles);
  }

  get gathered(): number {
    return 0;
  }

  traded({ atMicros }: TapeTrade): void {
    this.recounted(atMicros);
  }

  recounted(fromMicros: number): void {
    this.changedMicros = Math.min(fromMicros, this.changedMicros ?? fromMicros);
  }

  flush(): void {
    if (this.changedMicros === undefined) return;
    const candles = this.candlesSince(this.changedMicros);
    this.changedMicros = undefined;
    this.topic.publish((sequence) => this.encode(candles, sequence));
  }

  settle(): void {
    this.flush();
  }

  snapshot(sequence: number, cause: SnapshotCause): readonly Uint8Array[] {
    const { newest } = this.parts.state.history;
    const backMicros = (SNAPSHOT_CANDLES_MAX - 1) * INTERVAL_MICROS[this.interval];
    return [this.encode(newest ? this.candlesSince(newest.atMicros - backMicros) : [], sequence, cause)];
  }

  private candlesSince(fromMicros: number): readonly Candle[] {
    return this.parts.state.history.candlesSince(this.interval, fromMicros).slice(-SNAPSHOT_CANDLES_MAX);
  }

  private encode(candles: readonly Candle[], sequence: number, cause?: SnapshotCause): Uint8Array {
    const { state, epoch } = this.parts;
    const head = { channel: CHANNEL, epoch, sequence, ...(cause && { cause }) };
    return encodeMessage(state, head, { $case: 'candles', value: { candles: candles.map(candleToWire) } });
  }
}

function candleToWire({ turnoverTickLots, ...candle }: Candle): marketdata.TickCandle {
  return { ...candle, turnoverTickLots: turnoverTickLots.toString() };
}
