import { parseMoment } from '../output/moments';
import type { Terminal } from '../output/terminal';
import type { Stack } from '../stack/stack';
import type { OptionValues } from './option-values';
import { UsageError } from './usage-error';

/** What surrounds one run of a command. */
export interface Surroundings {
  readonly terminal: Terminal;
  /** Set when the person wants to stop (Ctrl-C). */
  readonly interrupted: AbortSignal;
  /** Reads the stack's description and connects; the same stack each time. */
  readonly stack: () => Stack;
}

/** One run of a command: its words and options, read by type, and what it may use. */
export class CommandCall {
  constructor(
    /** The places of the words, in their order. */
    private readonly positionals: readonly { readonly name: string }[],
    private readonly words: readonly string[],
    private readonly options: OptionValues,
    private readonly surroundings: Surroundings,
  ) {}

  get terminal(): Terminal {
    return this.surroundings.terminal;
  }

  get interrupted(): AbortSignal {
    return this.surroundings.interrupted;
  }

  /** The services. Connections open when they are first used. */
  get stack(): Stack {
    return this.surroundings.stack();
  }

  /** The word at a positional's place; empty when an optional one is left out. */
  word(name: string): string {
    const at = this.positionals.findIndex((positional) => positional.name === name);
    return this.words[at] ?? '';
  }

  /** The value of an option; empty when it is not given. */
  text(name: string): string {
    const value = this.options[name];
    return typeof value === 'string' ? value : '';
  }

  /** Whether a switch is on. */
  isOn(name: string): boolean {
    return this.options[name] === true;
  }

  /** A whole number within bounds; `fallback` when the option is not given. */
  wholeNumber(
    name: string,
    fallback: number,
    bounds: { readonly min: number; readonly max: number },
  ): number {
    const text = this.text(name);
    if (text === '') return fallback;
    const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= bounds.min && value <= bounds.max) return value;
    throw new UsageError(
      `--${name} takes a whole number from ${bounds.min} to ${bounds.max}, not “${text}”.`,
    );
  }

  /** A moment in microseconds since the epoch; 0 when the option is not given. */
  moment(name: string): number {
    const text = this.text(name);
    if (text === '') return 0;
    const micros = parseMoment(text, Date.now() * 1_000);
    if (micros !== undefined) return micros;
    const forms = '2026-01-31, 2026-01-31T10:00Z, or 15m, 2h, 7d for that long ago';
    throw new UsageError(`--${name} takes a time, not “${text}”.`, `For example ${forms}.`);
  }
}
