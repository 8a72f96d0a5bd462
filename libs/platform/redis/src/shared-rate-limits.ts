import type { RedisLink } from './redis-link';

/** A second: what a limit is counted over. */
const WINDOW_MS = 1_000;
/** How often processes tell each other what they have let in. */
export const EXCHANGE_EVERY_MS = 50;
/** Windows outlive themselves a little, for the clocks of processes that differ. */
const KEPT_MS = 5_000;
/** Callers that are remembered at once; those that were quiet for two windows are forgotten. */
const CALLERS_MAX = 10_000;

/** What one caller has used, here and, as far as it is known, at the other processes. */
interface Usage {
  window: number;
  here: number;
  elsewhere: number;
  /** Of the window before, everywhere. */
  before: number;
  /** Let in and not told to the others yet. */
  untold: number;
}

/** How limits are counted. */
export interface RateLimitOptions {
  /** Names the service, so that each has buckets of its own. */
  readonly scope: string;
  /** Calls of one caller a second, over all processes of the service. */
  readonly perSecondMax: number;
  /** Without it every process counts for itself. */
  readonly redis?: RedisLink | undefined;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

/**
 * Calls a second by caller, over a sliding window, shared by the processes of a service. A call is judged at once on what is
 * known here; what was let in is told to the others some times a second. So nothing waits for Redis: while it is slow or gone
 * each process applies the limit by itself (a caller that spreads its calls over n processes gets up to n times the limit),
 * and after a flush at most one window is counted anew.
 */
export class SharedRateLimits {
  private readonly usages = new Map<string, Usage>();
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly clock: () => number;
  private exchanging = false;

  constructor(private readonly options: RateLimitOptions) {
    this.clock = options.clock ?? Date.now;
    if (options.redis === undefined) return;
    this.timer = setInterval(() => void this.exchange(), EXCHANGE_EVERY_MS);
    this.timer.unref();
  }

  /** Lets a call in, or gives the milliseconds after which the caller may try again. */
  take(caller: string, calls = 1): number | undefined {
    const nowMs = this.clock();
    const usage = this.usageOf(caller, Math.floor(nowMs / WINDOW_MS));
    const share = (nowMs % WINDOW_MS) / WINDOW_MS;
    const used = usage.before * (1 - share) + usage.here + usage.elsewhere;
    if (used + calls > this.options.perSecondMax) return WINDOW_MS - (nowMs % WINDOW_MS);
    usage.here += calls;
    usage.untold += calls;
    return undefined;
  }

  /** Tells the others what was let in here, and learns what they have. */
  async exchange(): Promise<void> {
    const { redis, scope } = this.options;
    if (redis === undefined || this.exchanging || !redis.isUsable) return;
    this.exchanging = true;
    try {
      const window = Math.floor(this.clock() / WINDOW_MS);
      const told = [...this.usages].filter(([, usage]) => usage.window === window && usage.untold > 0);
      if (told.length === 0) return;
      const sent = told.map(([, usage]) => usage.untold);
      for (const [, usage] of told) usage.untold = 0;
      const answers = await redis.ask((commands) => {
        const pipeline = commands.pipeline();
        for (const [index, [caller]] of told.entries()) {
          const key = `clearway:rate:${scope}:${caller}:${window}`;
          pipeline.incrby(key, sent[index] ?? 0);
          pipeline.pexpire(key, KEPT_MS);
        }
        return pipeline.exec();
      });
      for (const [index, [, usage]] of told.entries()) {
        const total = answers?.[2 * index]?.[1];
        // Unanswered or from before a window's end: what is known stays; what was sent may have been counted, and is not sent again.
        if (typeof total === 'number' && usage.window === window)
          usage.elsewhere = Math.max(0, total - usage.here + usage.untold);
      }
    } finally {
      this.exchanging = false;
    }
  }

  close(): void {
    clearInterval(this.timer);
  }

  private usageOf(caller: string, window: number): Usage {
    let usage = this.usages.get(caller);
    if (usage === undefined) {
      if (this.usages.size >= CALLERS_MAX) this.forgetQuiet(window);
      usage = { window, here: 0, elsewhere: 0, before: 0, untold: 0 };
      this.usages.set(caller, usage);
    }
    if (usage.window !== window) {
      usage.before = usage.window === window - 1 ? usage.here + usage.elsewhere : 0;
      Object.assign(usage, { window, here: 0, elsewhere: 0, untold: 0 });
    }
    return usage;
  }

  private forgetQuiet(window: number): void {
    for (const [caller, usage] of this.usages) if (usage.window < window - 1) this.usages.delete(caller);
    // Everybody is busy: the oldest goes, which at worst lets it in once more.
    const [oldest] = this.usages.keys();
    if (this.usages.size >= CALLERS_MAX && oldest !== undefined) this.usages.delete(oldest);
  }
}
