import { randomBytes } from 'node:crypto';
import type { Client, Pool } from 'pg';
import type { CommittedBatch, Position } from './committed-batch';
import { crc32c } from './crc32c';
import { AppendFailedError, FencedError } from './errors';
import { closeQuietly, connectDedicated } from './journal-connection';
import type { LeaseGrant } from './lease';

/** Appends that may wait for their answer at once: one is committed while the next is on its way. */
export const APPENDS_IN_FLIGHT_MAX = 2;

/** How often and how patiently an append of unknown outcome is looked for, before the process gives up. */
const LOOKUP_ATTEMPTS_MAX = 8;
const LOOKUP_PAUSE_MS = 250;
const TERMINATE_WAIT_MS = 1_000;

/**
 * The lease is checked under a key-share lock: it lets heartbeats pass, but a new owner's FOR UPDATE waits for this commit,
 * and this statement, when it was the one to wait, sees the new epoch and inserts nothing. The row is inserted only if
 * it follows the last one, so a journal has no gap even when an earlier append in the pipeline failed.
 */
const APPEND = `
WITH lease AS (
  SELECT 1 FROM journal_leases WHERE shard = $1 AND owner = $2 AND epoch = $3 FOR KEY SHARE
), head AS (
  SELECT seq, first_event + event_count AS next_event FROM journal_batches
  WHERE shard = $1 ORDER BY seq DESC LIMIT 1
)
INSERT INTO journal_batches (shard, seq, epoch, first_event, event_count, payload, crc32c)
SELECT $1, $4::bigint, $3::bigint, $5::bigint, $6::integer, $7::bytea, $8::bigint FROM lease
WHERE coalesce((SELECT seq FROM head), 0) + 1 = $4::bigint
  AND coalesce((SELECT next_event FROM head), 0) = $5::bigint`;

const EPOCH = 'SELECT epoch FROM journal_leases WHERE shard = $1';
const LANDED =
  'SELECT 1 FROM journal_batches WHERE shard = $1 AND seq = $2 AND epoch = $3 AND first_event = $4 AND crc32c = $5';
const TERMINATE = `SELECT pg_terminate_backend(pid, ${TERMINATE_WAIT_MS}) FROM pg_stat_activity
  WHERE pid = $1 AND application_name = $2`;

/** A sealed batch on its way to the journal. */
export interface AppendInput {
  readonly eventCount: number;
  /** Encoded clearway.journal.v1.Batch; must not change afterwards. */
  readonly payload: Buffer;
}

/**
 * Appends batches to one shard under one lease, on a connection of its own, strictly in order and without waiting for the
 * answer before sending the next. After any failure it takes no more batches: the process has to stop and come back.
 */
export class Appender {
  readonly #pool: Pool;
  readonly #grant: LeaseGrant;
  #client: Client;
  #applicationName: string;
  #reconnecting: Promise<Client> | undefined;
  #nextSequence: number;
  #nextEvent: number;
  #inFlight = 0;
  /** Settles when the append before has: outcomes are told in order even while one of them is being looked up. */
  #before: Promise<unknown> = Promise.resolve();
  #failure: Error | undefined;

  private constructor(pool: Pool, grant: LeaseGrant, head: Position, client: Client, name: string) {
    this.#pool = pool;
    this.#grant = grant;
    this.#client = client;
    this.#applicationName = name;
    this.#nextSequence = head.nextSequence;
    this.#nextEvent = head.nextEvent;
  }

  /** Opens the connection. `head` is where the caller's replay ended. */
  static async open(pool: Pool, grant: LeaseGrant, head: Position): Promise<Appender> {
    const name = nameFor(grant);
    const client = await connectDedicated(pool, { applicationName: name, isPipelined: true });
    return new Appender(pool, grant, head, client, name);
  }

  /**
   * Commits one batch and gives it back as the journal has it.
   * @throws FencedError when the lease or the position is another's; AppendFailedError when the batch is not durable;
   *   RangeError when more than APPENDS_IN_FLIGHT_MAX are under way
   */
  async append({ eventCount, payload }: AppendInput): Promise<CommittedBatch> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#inFlight >= APPENDS_IN_FLIGHT_MAX) throw new RangeError('Too many appends in flight');
    const batch = this.#number(eventCount, payload);
    this.#inFlight++;
    const before = this.#before;
    const settled = this.#send(batch, before);
    this.#before = settled.catch(() => undefined);
    try {
      await settled;
      return batch;
    } catch (error) {
      this.#failure ??= error as Error;
      throw error;
    } finally {
      this.#inFlight--;
    }
  }

  /** Closes the connection after the appends under way. */
  async close(): Promise<void> {
    await this.#before;
    this.#failure ??= new Error(`The appender of ${this.#grant.shard} is closed`);
    await closeQuietly(this.#client);
  }

  #number(eventCount: number, payload: Buffer): CommittedBatch {
    const { shard, epoch } = this.#grant;
    const sequence = this.#nextSequence;
    const firstEvent = this.#nextEvent;
    this.#nextSequence += 1;
    this.#nextEvent += eventCount;
    return { shard, sequence, epoch, firstEvent, eventCount, payload, crc32c: crc32c(payload) };
  }

  async #send(batch: CommittedBatch, before: Promise<unknown>): Promise<void> {
    const client = this.#client;
    let inserted: number | null;
    try {
      inserted = (await client.query(appendQuery(batch, this.#grant.owner))).rowCount;
    } catch (error) {
      await before;
      return this.#lookUp(batch, client, error);
    }
    await before;
    if (inserted !== 1) throw await this.#fenced(batch);
  }

  /** The answer is missing, which says nothing about the commit: look before anything else happens. */
  async #lookUp(batch: CommittedBatch, broken: Client, cause: unknown): Promise<void> {
    if (this.#failure !== undefined) throw new AppendFailedError(batch.shard, batch.sequence, false, cause);
    for (let attempt = 1; ; attempt++) {
      try {
        if (await this.#hasLanded(batch, await this.#replace(broken))) return;
        throw new AppendFailedError(batch.shard, batch.sequence, true, cause);
      } catch (error) {
        if (error instanceof AppendFailedError) throw error;
        if (attempt >= LOOKUP_ATTEMPTS_MAX) {
          throw new AppendFailedError(batch.shard, batch.sequence, false, cause);
        }
        await new Promise((resolve) => setTimeout(resolve, LOOKUP_PAUSE_MS));
      }
    }
  }

  async #hasLanded(batch: CommittedBatch, client: Client): Promise<boolean> {
    const { shard, sequence, epoch, firstEvent, crc32c: sum } = batch;
    const { rowCount } = await client.query(LANDED, [shard, sequence, epoch, firstEvent, sum]);
    return rowCount === 1;
  }

  /** A fresh connection, once for all appends that were lost with the old one. */
  async #replace(broken: Client): Promise<Client> {
    if (this.#client !== broken && !isBroken(this.#client)) return this.#client;
    this.#reconnecting ??= this.#reconnect(this.#client).finally(() => {
      this.#reconnecting = undefined;
    });
    return this.#reconnecting;
  }

  /** The old session may still hold an append that it has not begun: it must be gone before the head means anything. */
  async #reconnect(broken: Client): Promise<Client> {
    const { processID } = broken as unknown as { processID: number | null };
    const oldName = this.#applicationName;
    void closeQuietly(broken);
    const name = nameFor(this.#grant);
    const client = await connectDedicated(this.#pool, { applicationName: name, isPipelined: true });
    await client.query(TERMINATE, [processID ?? 0, oldName]);
    this.#client = client;
    this.#applicationName = name;
    return client;
  }

  async #fenced(batch: CommittedBatch): Promise<Error> {
    const { shard, epoch } = this.#grant;
    const { rows } = await this.#pool.query<{ epoch: string }>(EPOCH, [shard]);
    const current = Number(rows[0]?.epoch ?? 0);
    if (current !== epoch) {
      return new FencedError(
        shard,
        'LEASE_TAKEN',
        `Epoch ${epoch} of ${shard} is over; it is ${current} now`,
      );
    }
    const what = `Batch ${batch.sequence} (event ${batch.firstEvent}) does not follow the head of ${shard}`;
    return new FencedError(shard, 'POSITION_TAKEN', what);
  }
}

function appendQuery(batch: CommittedBatch, owner: string) {
  const { shard, epoch, sequence, firstEvent, eventCount, payload, crc32c: sum } = batch;
  return {
    name: 'journal-append',
    text: APPEND,
    values: [shard, owner, epoch, sequence, firstEvent, eventCount, payload, sum],
  };
}

/** Unique, so that only this appender's own old session can ever be ended by it. */
function nameFor(grant: LeaseGrant): string {
  return `append ${randomBytes(6).toString('hex')} ${grant.shard}`;
}

function isBroken(client: Client): boolean {
  return !(client as unknown as { _queryable: boolean })._queryable;
}
