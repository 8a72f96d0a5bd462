import {
  type Append,
  type AuditCommand,
  type AuditOutcome,
  type AuditState,
  expectedEvent,
} from '@clearway/domain-audit';
import type { CommandContextInput } from '@clearway/platform-journal';

/** What audit's effects need of its shard. */
export interface AuditShard {
  /** Resolves when the outcome is durable. */
  submit(command: AuditCommand, context: CommandContextInput): Promise<AuditOutcome>;
  /** Reads the state when all that was decided is durable. */
  read<Value>(reader: (state: AuditState) => Value): Promise<Value>;
}

/**
 * The one way by which source batches reach the shard. Followers append side by side and the shard gathers what they bring
 * into one turn. The sealer takes the lane for itself: it signs what the state says, and a checkpoint that is overtaken
 * by an append before it is recorded would be refused, under steady load every time.
 */
export class AppendLane {
  readonly #shard: AuditShard;
  readonly #inFlight = new Set<Promise<unknown>>();
  #opened: Promise<void> = Promise.resolve();
  #isClosed = false;
  #waiting = 0;

  constructor(shard: AuditShard) {
    this.#shard = shard;
  }

  /** The number of the next event that the tree expects of a source. */
  async expectedEvent(sourceShard: string): Promise<number> {
    return this.#shard.read((state) => expectedEvent(state, sourceShard));
  }

  /** Appends once the lane is open, in the order of the calls. */
  async append(command: Append, context: CommandContextInput): Promise<AuditOutcome> {
    if (this.#isClosed || this.#waiting > 0) await this.#turn();
    const outcome = this.#shard.submit(command, context);
    this.#inFlight.add(outcome);
    try {
      return await outcome;
    } finally {
      this.#inFlight.delete(outcome);
    }
  }

  /** Waits until no append is under way, runs the work while new ones wait, and opens the lane again. It has one user. */
  async exclusively<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#isClosed) throw new Error('the lane is taken already');
    this.#isClosed = true;
    let open = (): void => undefined;
    this.#opened = new Promise((resolve) => {
      open = resolve;
    });
    try {
      await Promise.allSettled(this.#inFlight);
      return await work();
    } finally {
      this.#isClosed = false;
      open();
    }
  }

  /** Waits behind those who wait already, also when the lane has just been opened. */
  async #turn(): Promise<void> {
    this.#waiting++;
    try {
      do await this.#opened;
      while (this.#isClosed);
    } finally {
      this.#waiting--;
    }
  }
}
