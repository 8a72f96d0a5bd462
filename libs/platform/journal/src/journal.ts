import type { Pool } from 'pg';
import { Appender, type AppendInput } from './appender';
import type { CommittedBatch, Position } from './committed-batch';
import { LEASE_TTL_MS, type LeaseAttempt, type LeaseGrant, LeaseKeeper, tryAcquireLease } from './lease';
import { readBatches, readHead } from './read-batches';
import { loadSnapshot, type Snapshot, saveSnapshot } from './snapshots';

/** What a shard needs of a lease that it holds. */
export interface HeldLease {
  readonly grant: LeaseGrant;
  /** Whether the lease was certainly this process's own within its life. */
  isFresh(): boolean;
  /** Stops the heartbeats and lets the lease expire. */
  stop(): Promise<void>;
  /** Gives the lease back at once. */
  release(): Promise<void>;
}

/** What a shard needs to append; see Appender. */
export interface BatchAppender {
  append(input: AppendInput): Promise<CommittedBatch>;
  close(): Promise<void>;
}

/** Called when a lease is lost (once; stop the process) and whenever a heartbeat confirmed it. */
export interface LeaseListeners {
  onLost(error: Error): void;
  onConfirmed(): void;
}

/** What shards, feeds and snapshotters need of a journal; tests of scheduling implement it in memory. */
export interface ShardJournal {
  tryAcquire(shard: string, owner: string, ttlMs?: number): Promise<LeaseAttempt>;
  keep(grant: LeaseGrant, listeners: LeaseListeners): HeldLease;
  openAppender(grant: LeaseGrant, head: Position): Promise<BatchAppender>;
  readHead(shard: string): Promise<Position>;
  readBatches(shard: string, fromEvent: number, limit: number): Promise<CommittedBatch[]>;
  saveSnapshot(snapshot: Omit<Snapshot, 'stateHash'>): Promise<Snapshot>;
  loadSnapshot(
    shard: string,
    before: number,
    onCorrupt: (problem: string) => void,
  ): Promise<Snapshot | undefined>;
}

/**
 * The journals of one service's shards in one Postgres database. The pool serves reads and snapshots; each lease and each
 * appender opens a connection of its own with the pool's settings, so that neither waits behind a query.
 */
export class Journal implements ShardJournal {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Tries to take a shard's lease for `ttlMs`. An owner name stands for one running process (a pod's or a supervisor's
   * slot): the same name takes over at once, without waiting for its former self's lease to expire.
   */
  async tryAcquire(shard: string, owner: string, ttlMs = LEASE_TTL_MS): Promise<LeaseAttempt> {
    return tryAcquireLease(this.#pool, shard, owner, ttlMs);
  }

  /** Keeps a lease alive with heartbeats until it is stopped, released or lost. */
  keep(grant: LeaseGrant, listeners: LeaseListeners): LeaseKeeper {
    return new LeaseKeeper(this.#pool, grant, listeners);
  }

  /** Opens the way to append under a lease, after `head`. */
  async openAppender(grant: LeaseGrant, head: Position): Promise<Appender> {
    return Appender.open(this.#pool, grant, head);
  }

  /** Reads where the journal stands. */
  async readHead(shard: string): Promise<Position> {
    return readHead(this.#pool, shard);
  }

  /** Reads at most `limit` batches from the one that holds `fromEvent` on; see readBatches for its errors. */
  async readBatches(shard: string, fromEvent: number, limit: number): Promise<CommittedBatch[]> {
    return readBatches(this.#pool, shard, fromEvent, limit);
  }

  /** Stores a snapshot with the hash of its bytes. */
  async saveSnapshot(snapshot: Omit<Snapshot, 'stateHash'>): Promise<Snapshot> {
    return saveSnapshot(this.#pool, snapshot);
  }

  /** Gives the newest undamaged snapshot whose position is before event number `before`. */
  async loadSnapshot(
    shard: string,
    before: number,
    onCorrupt: (problem: string) => void,
  ): Promise<Snapshot | undefined> {
    return loadSnapshot(this.#pool, shard, before, onCorrupt);
  }
}
