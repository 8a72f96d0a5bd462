import { commandsOf, type Work } from './command-queue';

/** A turn whose outcomes and outputs wait until what they rest on is durable. */
export interface DecidedTurn<Command, Outcome, Output> {
  /** Number of the sealed batch that must be durable first. */
  readonly needs: number;
  /** Whether the batch it needs is its own, so that its append has proven the lease. */
  readonly isFirm: boolean;
  readonly work: readonly Work<Command, Outcome>[];
  readonly outputs: readonly Output[];
}

/** Turns in the order in which they were decided, which is the order in which they are released. */
export class DecidedTurns<Command, Outcome, Output> {
  readonly #turns: DecidedTurn<Command, Outcome, Output>[] = [];

  #commands = 0;

  get length(): number {
    return this.#turns.length;
  }

  /** Commands that are decided but not answered. */
  get commands(): number {
    return this.#commands;
  }

  push(turn: DecidedTurn<Command, Outcome, Output>): void {
    this.#turns.push(turn);
    for (const work of turn.work) this.#commands += commandsOf(work);
  }

  /**
   * Answers the callers of every turn that rests on durable batches only, then hands over its outputs. A turn without a
   * batch of its own is an answer from memory, and waits while the lease is not certain.
   */
  release(durable: number, isLeaseFresh: () => boolean, publish: (outputs: readonly Output[]) => void): void {
    for (;;) {
      const turn = this.#turns[0];
      if (turn === undefined || turn.needs > durable) return;
      if (!turn.isFirm && !isLeaseFresh()) return;
      this.#turns.shift();
      for (const work of turn.work) {
        this.#commands -= commandsOf(work);
        answer(work);
      }
      if (turn.outputs.length > 0) publish(turn.outputs);
    }
  }

  /** Gives up every turn. */
  rejectAll(error: Error): void {
    for (const turn of this.#turns.splice(0)) {
      for (const work of turn.work) work.reject(error);
    }
  }
}

function answer<Command, Outcome>(work: Work<Command, Outcome>): void {
  if (work.kind === 'one') work.resolve(work.outcome as Outcome);
  else if (work.kind === 'many') work.resolve(work.outcomes);
  else work.resolve();
}
