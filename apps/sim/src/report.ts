import type { SeedResult } from './simulation';

/** Adds up what many seeds came to. */
export class Summary {
  failures = 0;
  #seeds = 0;
  #steps = 0;
  #faults = 0;
  #orders = 0;
  #trades = 0;
  #auctions = 0;
  #longAuctions = 0;
  #interruptions = 0;
  #expired = 0;
  readonly #failed: number[] = [];
  readonly #startedAtMs = performance.now();

  /** Counts one seed. */
  add({ seed, failure, ...counts }: SeedResult): void {
    this.#seeds += 1;
    this.#steps += counts.steps;
    this.#faults += counts.faults;
    this.#orders += counts.orders;
    this.#trades += counts.trades;
    this.#auctions += counts.auctions;
    this.#longAuctions += counts.longAuctions;
    this.#interruptions += counts.interruptions;
    this.#expired += counts.expired;
    if (!failure) return;
    this.failures += 1;
    this.#failed.push(seed);
  }

  /** One paragraph for a person. */
  text(): string {
    const seconds = ((performance.now() - this.#startedAtMs) / 1_000).toFixed(1);
    const counts = `${this.#steps} steps, ${this.#faults} faults, ${this.#orders} orders, ${this.#trades} trades`;
    const sessions = `${this.#auctions} auctions (${this.#longAuctions} over several turns), ${this.#interruptions} interruptions, ${this.#expired} expired`;
    const failed = this.failures === 0 ? 'every invariant held' : `failed: ${this.#failed.join(', ')}`;
    return `${this.#seeds} seeds in ${seconds} s: ${counts}, ${sessions}; ${failed}`;
  }

  /** The same as one line for programs. */
  json(): string {
    const { failures } = this;
    return JSON.stringify({ seeds: this.#seeds, steps: this.#steps, faults: this.#faults, failures });
  }
}

/** A failing seed as a person reads it: what happened last, what broke, and how to see it again. */
export function failureText({ seed, steps, failure }: SeedResult, stepsAsked: number): string {
  if (!failure) return '';
  const { invariant, detail, trace } = failure;
  return [
    `\n── seed ${seed} fails after ${steps} steps ${'─'.repeat(60)}`,
    ...trace,
    `✗ ${invariant}: ${detail}`,
    `repeat it: npm run sim -- --seed ${seed} --steps ${stepsAsked}`,
    '',
  ].join('\n');
}
