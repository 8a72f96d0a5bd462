import type { MarketDataLimits } from './limits';

/**
 * Says when the next round of writing may begin, so that writing takes no more than its share of the process however many
 * subscribers there are: n writes are followed by a pause in proportion to n. With few subscribers there is none to speak of.
 */
export class Pacer {
  private nextRoundMs = 0;
  private writesBefore = 0;
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;

  constructor(
    private readonly limits: Pick<MarketDataLimits, 'writeCostMicros' | 'writeShareMax'>,
    private readonly round: () => void,
    /** Messages written since the start, by rounds and to readers that catch up. */
    private readonly writes: () => number,
  ) {}

  /** Asks for a round: at the end of this turn of the event loop, or when the pause is over. */
  request(): void {
    if (this.timer !== undefined || this.immediate !== undefined) return;
    const waitMs = this.nextRoundMs - performance.now();
    if (waitMs > 1) this.timer = setTimeout(this.run, waitMs);
    else this.immediate = setImmediate(this.run);
  }

  /** Does a round now whatever the pace, because too much was gathered. */
  readonly run = (): void => {
    this.stop();
    this.round();
    const { writeCostMicros, writeShareMax } = this.limits;
    const writes = this.writes() - this.writesBefore;
    this.writesBefore += writes;
    this.nextRoundMs = performance.now() + (writes * writeCostMicros) / writeShareMax / 1_000;
  };

  /** Forgets a round that was asked for. */
  stop(): void {
    clearTimeout(this.timer);
    clearImmediate(this.immediate);
    this.timer = undefined;
    this.immediate = undefined;
  }
}
