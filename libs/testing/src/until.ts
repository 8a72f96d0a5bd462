import { setTimeout as sleep } from 'node:timers/promises';

/** How long and how often `until` looks. */
export interface UntilOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

const TIMEOUT_MS_DEFAULT = 15_000;
const INTERVAL_MS_DEFAULT = 25;

/**
 * Waits for something to become true, the only way in which a test waits: it looks again and again until `probe` gives a
 * value that is neither undefined nor false, and returns that. An error of the probe counts as "not yet".
 * @param what what is waited for, as the error shall name it
 * @throws Error after the time, with the probe's last error as its cause and in its text
 */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  { timeoutMs = TIMEOUT_MS_DEFAULT, intervalMs = INTERVAL_MS_DEFAULT }: UntilOptions = {},
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const found = await probe();
      if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > deadline) {
      const why = failure instanceof Error ? `; the last look failed: ${failure.message}` : '';
      throw new Error(`waited ${timeoutMs} ms in vain for ${what}${why}`, { cause: failure });
    }
    await sleep(intervalMs);
  }
}
