import type { Mutation } from './mutation';
import type { Random } from './random';
import type { Trace } from './trace';
import type { Owner, VirtualTime } from './virtual-time';

/** How often things go wrong, as probabilities of one message or statement. All are 0 once faults have stopped. */
export interface FaultRates {
  messageLost: number;
  messageDoubled: number;
  /** A message takes up to this long, in microseconds; most take much less. */
  messageDelayMaxMicros: number;
  /** A participant answers INTERNAL, before or after it has acted. */
  callBroken: number;
  /** A statement finds its connection to the database broken before it is executed. */
  statementLost: number;
  /** A statement is executed and its answer lost. */
  answerLost: number;
}

/** The rates of a world in which nothing fails. */
export const NO_FAULTS: FaultRates = {
  messageLost: 0,
  messageDoubled: 0,
  messageDelayMaxMicros: 2_000,
  callBroken: 0,
  statementLost: 0,
  answerLost: 0,
};

/** A named invariant that did not hold. */
export class Violation extends Error {
  override readonly name = 'Violation';

  constructor(
    readonly invariant: string,
    readonly detail: string,
  ) {
    super(`${invariant}: ${detail}`);
  }
}

/** What every part of a simulation stands on. */
export interface World {
  readonly random: Random;
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly rates: FaultRates;
  readonly mutation: Mutation;
  /** Owner of everything outside the processes: databases, wires, supervisors. */
  readonly outside: Owner;
  /** Faults injected so far. */
  faults: number;
  /** Microseconds since the epoch at virtual time 0. */
  readonly epochMicros: number;
  /** Records that an invariant broke; the run ends after the present step. */
  fail(invariant: string, detail: string): void;
}
