import type { Machine, Turn } from '@clearway/kernel';
import { BatchWriter, type CommandContextInput, type EventCodec } from '@clearway/platform-journal';
import type { Work } from './command-queue';

/**
 * Lets the machine decide and records what it emits straight into the open batch's bytes. It is the Turn that every decision
 * is handed: one object, used again for each command, so that recording allocates nothing but the codec's bytes.
 */
export class TurnRecorder<State, Command, Event, Outcome, Output> implements Turn<Event, Output> {
  nowMicros = 0;
  /** The open batch: events that ride since the last seal, then those of the turn under way. */
  readonly batch = new BatchWriter();
  readonly #machine: Machine<State, Command, Event, Outcome, Output>;
  readonly #codec: EventCodec<Event>;
  readonly #state: State;
  #context: CommandContextInput | undefined;
  #isFirm = false;
  #outputs: Output[] = [];

  constructor(
    machine: Machine<State, Command, Event, Outcome, Output>,
    codec: EventCodec<Event>,
    state: State,
  ) {
    this.#machine = machine;
    this.#codec = codec;
    this.#state = state;
  }

  /** Begins a turn at a time that no earlier turn was later than. */
  begin(nowMicros: number): void {
    this.nowMicros = nowMicros;
    this.#isFirm = false;
    this.#outputs = [];
  }

  /** Decides one piece of work and leaves its outcomes in it. What it throws is a bug: stop the process. */
  decide(work: Work<Command, Outcome>): void {
    this.#context = work.context;
    if (work.kind === 'one') work.outcome = this.#machine.decide(this.#state, work.command, this);
    else if (work.kind === 'look') work.run();
    else if (work.kind === 'note') this.batch.add(work.type, work.data, work.context, this.nowMicros);
    else {
      for (const command of work.commands)
        work.outcomes.push(this.#machine.decide(this.#state, command, this));
    }
    this.#context = undefined;
  }

  /** Ends the turn: whether anything in it must be durable before it is told, and what it published. */
  end(): { isFirm: boolean; outputs: readonly Output[] } {
    return { isFirm: this.#isFirm, outputs: this.#outputs };
  }

  /** Records first, because evolving may keep the event and change it later. */
  emit(event: Event): void {
    if (this.#context === undefined) throw new Error('A turn was kept after its decision');
    const { nowMicros } = this;
    this.batch.add(this.#codec.type(event), this.#codec.encode(event), this.#context, nowMicros);
    if (!this.#isFirm && !this.#machine.rides(event)) this.#isFirm = true;
    this.#machine.evolve(this.#state, event, nowMicros);
  }

  publish(output: Output): void {
    this.#outputs.push(output);
  }
}
