/** While the wall clock is behind the journal, journal time passes at a half of its pace, until the wall clock has caught up. */
const SLEWED_PACE = 0.5;
const MICROS_PER_MS = 1_000;

/**
 * The time of a journal. It never runs backwards, whatever the wall clock does, and it never stands still either: a clock that was
 * stepped ahead and back again would leave every deadline of the journal waiting for as long as the step was.
 */
export class JournalClock {
  #lastMicros: number;
  #lastSteadyMs: number;

  constructor(
    /** Now, in microseconds since the epoch; may be stepped. */
    private readonly wall: () => number,
    /** Milliseconds of a clock that only ever goes forward. */
    private readonly steadyMs: () => number,
    /** The last journaled time. */
    lastMicros: number,
  ) {
    this.#lastMicros = lastMicros;
    this.#lastSteadyMs = steadyMs();
  }

  /** Time of the next turn, in microseconds since the epoch. */
  next(): number {
    const steadyMs = this.steadyMs();
    const slewed = Math.floor((steadyMs - this.#lastSteadyMs) * MICROS_PER_MS * SLEWED_PACE);
    this.#lastSteadyMs = steadyMs;
    this.#lastMicros = Math.max(this.wall(), this.#lastMicros + slewed);
    return this.#lastMicros;
  }
}
