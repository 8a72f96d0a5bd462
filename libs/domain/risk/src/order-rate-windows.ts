import type { Plain } from '@clearway/kernel';

/** Length of the sliding window in which orders are counted. */
export const ORDER_RATE_WINDOW_MICROS = 60_000_000;

/** One window: when each counted order was decided, oldest first. */
interface RateWindow {
  readonly key: string;
  readonly timesMicros: number[];
}

/**
 * Counts the orders of an account in a symbol within the last 60 seconds, exactly: it keeps the time of each order that
 * counts and drops it when it leaves the window. It is bounded twice: orders over the rate are not counted, so a window
 * holds at most the limit; and windows without an order in the last 60 seconds are dropped whole with the next order.
 */
export class OrderRateWindows {
  /** In ascending order of newest time, because each recorded order moves its window to the end. */
  private readonly windows = new Map<string, RateWindow>();

  /** Number of orders counted in the 60 seconds that end at `nowMicros`. */
  count(account: string, symbol: string, nowMicros: number): number {
    const times = this.windows.get(`${account}|${symbol}`)?.timesMicros ?? [];
    return times.length - firstWithin(times, nowMicros);
  }

  /** Time at which the oldest counted order leaves the window, or `nowMicros` when there is none. */
  nextFreeMicros(account: string, symbol: string, nowMicros: number): number {
    const times = this.windows.get(`${account}|${symbol}`)?.timesMicros ?? [];
    const oldest = times[firstWithin(times, nowMicros)];
    return oldest === undefined ? nowMicros : oldest + ORDER_RATE_WINDOW_MICROS;
  }

  /** Counts one order. Called from `evolve` alone, with times that never run backwards. */
  record(account: string, symbol: string, timeMicros: number): void {
    const key = `${account}|${symbol}`;
    const window = this.windows.get(key) ?? { key, timesMicros: [] };
    window.timesMicros.splice(0, firstWithin(window.timesMicros, timeMicros));
    window.timesMicros.push(timeMicros);
    this.windows.delete(key);
    this.windows.set(key, window);
    this.dropExpired(timeMicros);
  }

  /** Number of windows kept, for metrics and for the test that they do not pile up. */
  get size(): number {
    return this.windows.size;
  }

  /** Canonical form: windows in ascending order of key. */
  snapshot(): Plain {
    return [...this.windows.values()]
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map((window) => [window.key, [...window.timesMicros]]);
  }

  /** Rebuilds the windows from `snapshot`. */
  static restore(plain: Plain): OrderRateWindows {
    const restored = new OrderRateWindows();
    const newestLast = (plain as [string, number[]][]).map(([key, times]) => ({
      key,
      timesMicros: [...times],
    }));
    newestLast.sort((a, b) => newest(a) - newest(b));
    for (const window of newestLast) restored.windows.set(window.key, window);
    return restored;
  }

  private dropExpired(timeMicros: number): void {
    for (const window of this.windows.values()) {
      if (newest(window) > timeMicros - ORDER_RATE_WINDOW_MICROS) return;
      this.windows.delete(window.key);
    }
  }
}

function newest(window: RateWindow): number {
  return window.timesMicros.at(-1) ?? 0;
}

/** Index of the first time that is still within the window ending now; times at exactly 60 seconds are out. */
function firstWithin(timesMicros: readonly number[], nowMicros: number): number {
  const from = nowMicros - ORDER_RATE_WINDOW_MICROS;
  if ((timesMicros[0] ?? Number.POSITIVE_INFINITY) > from) return 0;
  const index = timesMicros.findIndex((time) => time > from);
  return index === -1 ? timesMicros.length : index;
}
