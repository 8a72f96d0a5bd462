import type { Client, Pool } from 'pg';
import { closeQuietly, connectDedicated } from './journal-connection';

/** How long a lease lives after its last heartbeat, by the database's clock. */
export const LEASE_TTL_MS = 2_000;
/** How often the owner prolongs it. */
export const LEASE_HEARTBEAT_INTERVAL_MS = 500;

/** The right to append to one shard until somebody else's epoch is higher. */
export interface LeaseGrant {
  readonly shard: string;
  readonly owner: string;
  readonly epoch: number;
  readonly ttlMs: number;
}

/** What came of trying: the grant, or who holds the lease and for how much longer. */
export type LeaseAttempt =
  | { readonly outcome: 'acquired'; readonly grant: LeaseGrant }
  | { readonly outcome: 'held-by-other'; readonly owner: string; readonly remainingMs: number };

const LOCK = `SELECT owner, epoch, ceil(extract(epoch FROM expires_at - clock_timestamp()) * 1000)::bigint AS remaining_ms
  FROM journal_leases WHERE shard = $1 FOR UPDATE`;
const CREATE = `INSERT INTO journal_leases (shard, owner, epoch, expires_at)
  VALUES ($1, '', 1, to_timestamp(0)) ON CONFLICT (shard) DO NOTHING`;
const TAKE = `UPDATE journal_leases
  SET owner = $2, epoch = epoch + 1, expires_at = clock_timestamp() + $3 * interval '1 millisecond'
  WHERE shard = $1 RETURNING epoch`;
const PROLONG = `UPDATE journal_leases SET expires_at = clock_timestamp() + $4 * interval '1 millisecond'
  WHERE shard = $1 AND owner = $2 AND epoch = $3`;
const RELEASE = `UPDATE journal_leases SET expires_at = to_timestamp(0) WHERE shard = $1 AND owner = $2 AND epoch = $3`;

/**
 * Takes the lease if it is free, expired, or this owner's own from a life before; the epoch rises each time, which fences
 * every earlier holder. The row lock waits for an append that is being committed, so that whoever gets the lease then
 * reads a head that cannot move any more.
 */
export async function tryAcquireLease(
  pool: Pool,
  shard: string,
  owner: string,
  ttlMs: number,
): Promise<LeaseAttempt> {
  if (owner === '') throw new TypeError('A lease needs an owner');
  await pool.query(CREATE, [shard]);
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const attempt = await attemptLocked(client, { shard, owner, ttlMs });
    await client.query('COMMIT');
    client.release();
    return attempt;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

async function attemptLocked(
  client: Pick<Client, 'query'>,
  { shard, owner, ttlMs }: Omit<LeaseGrant, 'epoch'>,
): Promise<LeaseAttempt> {
  const { rows } = await client.query<{ owner: string; remaining_ms: string }>(LOCK, [shard]);
  const held = rows[0]!;
  const remainingMs = Number(held.remaining_ms);
  if (held.owner !== owner && remainingMs > 0)
    return { outcome: 'held-by-other', owner: held.owner, remainingMs };
  const taken = await client.query<{ epoch: string }>(TAKE, [shard, owner, ttlMs]);
  return { outcome: 'acquired', grant: { shard, owner, epoch: Number(taken.rows[0]!.epoch), ttlMs } };
}

/**
 * Keeps a granted lease alive on a connection of its own, and says when it is lost: another epoch is there, or nobody could
 * confirm it for twice its life. A process that was stopped or busy for that long asks first: the database knows whether the
 * lease is still its own, and until then nothing is fresh. Local time is only ever measured from before a heartbeat was sent, never compared with the
 * database's clock.
 */
export class LeaseKeeper {
  readonly grant: LeaseGrant;
  readonly #pool: Pool;
  readonly #onLost: (error: Error) => void;
  readonly #onConfirmed: () => void;
  readonly #timer: NodeJS.Timeout;
  /** Heartbeats due since the last one that was confirmed. A process that could not run at all counts but one. */
  #unconfirmedTicks = 0;
  readonly #ticksMax: number;
  #client: Client | undefined;
  #confirmedAtMs: number;
  #beating: Promise<void> | undefined;
  #isOver = false;

  constructor(
    pool: Pool,
    grant: LeaseGrant,
    listeners: { onLost(error: Error): void; onConfirmed(): void },
    heartbeatIntervalMs = LEASE_HEARTBEAT_INTERVAL_MS,
  ) {
    this.#pool = pool;
    this.grant = grant;
    this.#onLost = listeners.onLost.bind(listeners);
    this.#onConfirmed = listeners.onConfirmed.bind(listeners);
    this.#confirmedAtMs = Number.NEGATIVE_INFINITY;
    this.#ticksMax = Math.max(2, Math.ceil((2 * grant.ttlMs) / heartbeatIntervalMs));
    this.#timer = setInterval(() => this.#tick(), heartbeatIntervalMs);
    this.#tick();
  }

  /** Whether the lease was certainly this process's own within its life: only then may anything be answered from memory. */
  isFresh(): boolean {
    return !this.#isOver && performance.now() - this.#confirmedAtMs < this.grant.ttlMs;
  }

  /** Stops the heartbeats; the lease then expires by itself. */
  async stop(): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#timer);
    await this.#beating;
    if (this.#client !== undefined) await closeQuietly(this.#client);
    this.#client = undefined;
  }

  /** Gives the lease back at once, so that a standby need not wait. Failing is harmless: it expires. */
  async release(): Promise<void> {
    await this.stop();
    const { shard, owner, epoch } = this.grant;
    await this.#pool.query(RELEASE, [shard, owner, epoch]).catch(() => undefined);
  }

  #tick(): void {
    this.#beating ??= this.#beat().finally(() => {
      this.#beating = undefined;
    });
    this.#unconfirmedTicks += 1;
    if (this.#unconfirmedTicks > this.#ticksMax)
      this.#lose(`was not confirmed by ${this.#ticksMax} heartbeats`);
  }

  async #beat(): Promise<void> {
    const { shard, owner, epoch, ttlMs } = this.grant;
    const sentAtMs = performance.now();
    try {
      this.#client ??= await connectDedicated(this.#pool, {
        applicationName: `lease ${shard}`,
        isPipelined: false,
        queryTimeoutMs: ttlMs,
      });
      const { rowCount } = await this.#client.query({
        name: 'journal-heartbeat',
        text: PROLONG,
        values: [shard, owner, epoch, ttlMs],
      });
      if (rowCount !== 1) return this.#lose('was taken by another owner');
      this.#confirmedAtMs = sentAtMs;
      this.#unconfirmedTicks = 0;
      if (!this.#isOver) this.#onConfirmed();
    } catch {
      this.#dropClient();
    }
  }

  #dropClient(): void {
    const broken = this.#client;
    this.#client = undefined;
    if (broken !== undefined) void closeQuietly(broken);
  }

  #lose(how: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#dropClient();
    this.#onLost(new Error(`The lease of ${this.grant.shard} (epoch ${this.grant.epoch}) ${how}`));
  }
}
