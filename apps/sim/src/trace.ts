/** The last lines of what happened, one a step or fault, for whoever reads a failing seed. */
export class Trace {
  readonly #lines: string[] = [];

  constructor(
    private readonly nowMicros: () => number,
    private readonly linesMax: number,
  ) {}

  /** Notes one line; `who` is a process, a database, a client or the fault injector. */
  add(who: string, what: string): void {
    const seconds = (this.nowMicros() / 1_000_000).toFixed(6).padStart(11);
    this.#lines.push(`${seconds}  ${who.padEnd(14)} ${what}`);
    if (this.#lines.length >= this.linesMax * 4) this.#lines.splice(0, this.#lines.length - this.linesMax);
  }

  /** The newest lines, oldest first. */
  lines(): readonly string[] {
    return this.#lines.slice(-this.linesMax);
  }
}
