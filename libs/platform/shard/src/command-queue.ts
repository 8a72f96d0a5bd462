import type { CommandContextInput } from '@clearway/platform-journal';

/** How the caller of one submit, submitMany or note hears what came of it. */
interface Waiting {
  readonly context: CommandContextInput;
  reject(error: Error): void;
}

/** One command with its caller. */
export interface OneCommand<Command, Outcome> extends Waiting {
  readonly kind: 'one';
  readonly command: Command;
  outcome: Outcome | undefined;
  resolve(outcome: Outcome): void;
}

/** Commands that are decided in one turn, in order, with one caller. */
export interface ManyCommands<Command, Outcome> extends Waiting {
  readonly kind: 'many';
  readonly commands: readonly Command[];
  readonly outcomes: Outcome[];
  resolve(outcomes: Outcome[]): void;
}

/** An event of the platform itself, which no machine sees. */
export interface PlatformNote extends Waiting {
  readonly kind: 'note';
  readonly type: string;
  readonly data: Uint8Array;
  resolve(): void;
}

/** A look at the state between commands: it changes nothing, and what it saw is told once all of it is durable. */
export interface Look extends Waiting {
  readonly kind: 'look';
  /** Must not throw. */
  run(): void;
  resolve(): void;
}

/** What waits for a turn. */
export type Work<Command, Outcome> =
  | OneCommand<Command, Outcome>
  | ManyCommands<Command, Outcome>
  | PlatformNote
  | Look;

/** How many commands a piece of work counts for. */
export function commandsOf<Command, Outcome>(work: Work<Command, Outcome>): number {
  return work.kind === 'many' ? work.commands.length : 1;
}

const COMPACT_AT = 1_024;

/** First in, first out, bounded by commands; taking is O(1) without a node per element. */
export class CommandQueue<Command, Outcome> {
  #items: Work<Command, Outcome>[] = [];
  #head = 0;
  #commands = 0;

  /** Commands that wait. */
  get length(): number {
    return this.#commands;
  }

  /** The next piece of work, left where it is. */
  peek(): Work<Command, Outcome> | undefined {
    return this.#items[this.#head];
  }

  push(work: Work<Command, Outcome>): void {
    this.#items.push(work);
    this.#commands += commandsOf(work);
  }

  shift(): Work<Command, Outcome> | undefined {
    const work = this.#items[this.#head];
    if (work === undefined) return undefined;
    this.#head++;
    this.#commands -= commandsOf(work);
    if (this.#head === this.#items.length) this.#reset();
    else if (this.#head >= COMPACT_AT && this.#head * 2 > this.#items.length) this.#compact();
    return work;
  }

  #reset(): void {
    this.#items = [];
    this.#head = 0;
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
