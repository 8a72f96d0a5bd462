import type { Plain, PlainParts } from './plain';

/**
 * What a machine is handed while it decides one command: the time, and the only two ways in which a decision may have an
 * effect. A turn belongs to one command and must not be kept after `decide` returns.
 */
export interface Turn<Event, Output = never> {
  /** The journaled time in microseconds since the epoch. It never runs backwards within one journal. */
  readonly nowMicros: number;

  /** Records the event and applies it with `evolve` at once. This is the only way in which state changes. */
  emit(event: Event): void;

  /** Hands an output to the shard's subscribers after the commit. Outputs are never published again on replay. */
  publish(output: Output): void;
}

/**
 * A deterministic state machine behind a durable journal: the pure half of every stateful service. It knows no clock, no
 * randomness and no I/O, so replaying a journal gives the same bytes on every machine. An expected refusal is an outcome;
 * a throw from `decide` or `evolve` is a bug, and the shard stops the process.
 */
export interface Machine<State, Command, Event, Outcome, Output = never> {
  /** The service's short name as it stands in the journal and in metrics, for example `trading`. */
  readonly name: string;

  /** Returns the state of an empty journal. */
  create(): State;

  /**
   * Decides one command. It is synchronous and deterministic, finishes all validation before its first `emit`, and
   * changes state by `turn.emit` alone.
   */
  decide(state: State, command: Command, turn: Turn<Event, Output>): Outcome;

  /** Applies an event in place. It is total: it accepts every event that this machine ever emitted, old versions too. */
  evolve(state: State, event: Event, timeMicros: number): void;

  /**
   * Says whether the event may ride along with the next batch: true when a replay that lost it would ask again and get
   * the same answer, so its consequences need not wait for it to be durable.
   */
  rides(event: Event): boolean;

  /** Returns the whole state in canonical form: equal states give equal bytes once encoded. */
  snapshot(state: State): Plain;

  /**
   * Returns what `snapshot` would now, to be finished bit by bit while the state goes on, so that nothing waits for a large one. A machine
   * whose state stays small needs none.
   */
  cut?(state: State): PlainParts;

  /** Rebuilds the state that `snapshot` returned. It throws when the value has another shape, and never half-succeeds. */
  restore(plain: Plain): State;

  /** The same step by step, so that whoever restores a large state can do something else meanwhile: keep its lease, for one. */
  restoring?(plain: Plain): Generator<undefined, State>;
}
