import {
  APPENDS_IN_FLIGHT_MAX,
  AppendFailedError,
  type AppendInput,
  type BatchAppender,
  type CommittedBatch,
  crc32c,
  FencedError,
  type LeaseGrant,
  type Position,
} from '@clearway/platform-journal';
import { JournalConnection } from './journal-connection';
import type { SimulatedDatabase } from './simulated-database';
import type { Owner } from './virtual-time';
import type { World } from './world';

const LOOKUP_ATTEMPTS_MAX = 8;
const LOOKUP_PAUSE_MS = 250;

/**
 * The appender of platform-journal with its statements executed here: strictly in order, at most two on their way, and after a
 * lost answer it ends the old session and looks whether the batch has landed, before anything else happens.
 */
export class SimulatedAppender implements BatchAppender {
  #connection: JournalConnection;
  #reconnecting: Promise<JournalConnection> | undefined;
  #nextSequence: number;
  #nextEvent: number;
  #inFlight = 0;
  #before: Promise<unknown> = Promise.resolve();
  #failure: Error | undefined;

  constructor(
    private readonly world: World,
    private readonly database: SimulatedDatabase,
    private readonly process: Owner,
    private readonly grant: LeaseGrant,
    head: Position,
  ) {
    this.#connection = new JournalConnection(world, database, process);
    this.#nextSequence = head.nextSequence;
    this.#nextEvent = head.nextEvent;
  }

  async append({ eventCount, payload }: AppendInput): Promise<CommittedBatch> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#inFlight >= APPENDS_IN_FLIGHT_MAX) throw new RangeError('Too many appends in flight');
    const batch = this.#number(eventCount, payload);
    this.#inFlight += 1;
    const settled = this.#send(batch, this.#before);
    this.#before = settled.catch(() => undefined);
    try {
      await settled;
      return batch;
    } catch (error) {
      this.#failure ??= error as Error;
      throw error;
    } finally {
      this.#inFlight -= 1;
    }
  }

  async close(): Promise<void> {
    await this.#before;
    this.#failure ??= new Error('the appender is closed');
  }

  /** The process died: what it had sent arrives, or does not. */
  cut(): void {
    if (this.world.random.chance(0.5)) this.#connection.isTerminated = true;
  }

  #number(eventCount: number, payload: Buffer): CommittedBatch {
    const { shard, epoch } = this.grant;
    const [sequence, firstEvent] = [this.#nextSequence, this.#nextEvent];
    this.#nextSequence += 1;
    this.#nextEvent += eventCount;
    return { shard, sequence, epoch, firstEvent, eventCount, payload, crc32c: crc32c(payload) };
  }

  async #send(batch: CommittedBatch, before: Promise<unknown>): Promise<void> {
    const connection = this.#connection;
    let inserted: boolean;
    try {
      inserted = await connection.query(() => this.database.insert(batch, this.grant.owner));
    } catch (error) {
      await before;
      return this.#lookUp(batch, connection, error);
    }
    await before;
    if (!inserted) throw this.#fenced(batch);
  }

  async #lookUp(batch: CommittedBatch, broken: JournalConnection, cause: unknown): Promise<void> {
    const { shard, sequence } = batch;
    if (this.#failure !== undefined) throw new AppendFailedError(shard, sequence, false, cause);
    for (let attempt = 1; ; attempt++) {
      try {
        const connection = await this.#replace(broken);
        if (await connection.query(() => this.#hasLanded(batch))) return;
        throw new AppendFailedError(shard, sequence, true, cause);
      } catch (error) {
        if (error instanceof AppendFailedError) throw error;
        if (attempt >= LOOKUP_ATTEMPTS_MAX) throw new AppendFailedError(shard, sequence, false, cause);
        await new Promise((resolve) => setTimeout(resolve, LOOKUP_PAUSE_MS));
      }
    }
  }

  #hasLanded(batch: CommittedBatch): boolean {
    const row = this.database.rows[batch.sequence - 1];
    return row?.epoch === batch.epoch && row.crc32c === batch.crc32c;
  }

  async #replace(broken: JournalConnection): Promise<JournalConnection> {
    if (this.#connection !== broken && !this.#connection.isBroken) return this.#connection;
    this.#reconnecting ??= this.#reconnect(this.#connection).finally(() => {
      this.#reconnecting = undefined;
    });
    return this.#reconnecting;
  }

  async #reconnect(broken: JournalConnection): Promise<JournalConnection> {
    const connection = new JournalConnection(this.world, this.database, this.process);
    await connection.query(() => {
      broken.isTerminated = true;
    });
    this.#connection = connection;
    return connection;
  }

  #fenced(batch: CommittedBatch): Error {
    const { shard, epoch } = this.grant;
    const cause = this.database.lease.epoch === epoch ? 'POSITION_TAKEN' : 'LEASE_TAKEN';
    return new FencedError(shard, cause, `batch ${batch.sequence} of epoch ${epoch} was not taken`);
  }
}
