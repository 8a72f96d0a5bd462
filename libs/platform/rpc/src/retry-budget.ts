/** How much may be sent again. */
export interface RetryBudgetOptions {
  /** Retries allowed per call made, for example 0.1 for one in ten. */
  readonly ratio: number;
  /** Retries allowed per second besides, so that a quiet client can retry at all. */
  readonly perSecond: number;
  /** Most retries that can be saved up. */
  readonly burstMax: number;
}

/** One retry in ten calls, and a few a second: when everything fails, the load on the peer grows by a tenth and not threefold. */
export const DEFAULT_RETRY_BUDGET: RetryBudgetOptions = { ratio: 0.1, perSecond: 3, burstMax: 30 };

/** A token bucket that bounds the retries of one channel. Time comes in as milliseconds of any steady clock. */
export class RetryBudget {
  private tokens: number;
  private refilledMs: number;

  constructor(
    private readonly options: RetryBudgetOptions = DEFAULT_RETRY_BUDGET,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.tokens = options.perSecond;
    this.refilledMs = now();
  }

  /** Notes a call made for the first time. */
  called(): void {
    this.add(this.options.ratio);
  }

  /** Takes leave for one retry; false when the budget is spent. */
  take(): boolean {
    const nowMs = this.now();
    this.add(((nowMs - this.refilledMs) / 1000) * this.options.perSecond);
    this.refilledMs = nowMs;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  private add(tokens: number): void {
    this.tokens = Math.min(this.options.burstMax, this.tokens + tokens);
  }
}
