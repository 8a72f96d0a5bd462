import {
  type BatchAppender,
  type CommittedBatch,
  type HeldLease,
  LEASE_TTL_MS,
  type LeaseAttempt,
  type LeaseGrant,
  type LeaseListeners,
  type Position,
  plainHash,
  type ShardJournal,
  SNAPSHOTS_KEPT_MAX,
  type Snapshot,
} from '@clearway/platform-journal';
import { JournalConnection } from './journal-connection';
import { SimulatedAppender } from './simulated-appender';
import type { SimulatedDatabase } from './simulated-database';
import { SimulatedLease } from './simulated-lease';
import type { Owner } from './virtual-time';
import type { World } from './world';

/** One process's way to its database: what the real Journal is to Postgres. */
export class SimulatedJournal implements ShardJournal {
  #appender: SimulatedAppender | undefined;

  constructor(
    private readonly world: World,
    private readonly database: SimulatedDatabase,
    private readonly process: Owner,
  ) {}

  /** The process died. */
  cut(): void {
    this.#appender?.cut();
  }

  tryAcquire(shard: string, owner: string, ttlMs = LEASE_TTL_MS): Promise<LeaseAttempt> {
    return this.#query((): LeaseAttempt => {
      const { lease } = this.database;
      const { nowMicros } = this.world.time;
      if (lease.owner !== owner && lease.expiresAtMicros > nowMicros) {
        const remainingMs = Math.ceil((lease.expiresAtMicros - nowMicros) / 1_000);
        return { outcome: 'held-by-other', owner: lease.owner, remainingMs };
      }
      lease.owner = owner;
      lease.epoch += 1;
      lease.expiresAtMicros = nowMicros + ttlMs * 1_000;
      this.world.trace.add(shard, `lease goes to ${owner}, epoch ${lease.epoch}`);
      return { outcome: 'acquired', grant: { shard, owner, epoch: lease.epoch, ttlMs } };
    });
  }

  keep(grant: LeaseGrant, listeners: LeaseListeners): HeldLease {
    return new SimulatedLease(this.world, this.database, this.process, grant, listeners);
  }

  async openAppender(grant: LeaseGrant, head: Position): Promise<BatchAppender> {
    this.#appender = new SimulatedAppender(this.world, this.database, this.process, grant, head);
    return this.#appender;
  }

  readHead(): Promise<Position> {
    return this.#query(() => ({
      nextSequence: this.database.rows.length + 1,
      nextEvent: this.database.nextEvent,
    }));
  }

  readBatches(_shard: string, fromEvent: number, limit: number): Promise<CommittedBatch[]> {
    return this.#query(() => {
      const { rows } = this.database;
      const first = rows.findIndex((row) => row.firstEvent + row.eventCount > fromEvent);
      return first < 0 ? [] : rows.slice(first, first + limit);
    });
  }

  saveSnapshot(snapshot: Omit<Snapshot, 'stateHash'>): Promise<Snapshot> {
    return this.#query(() => {
      const stored = { ...snapshot, stateHash: plainHash(snapshot.state) };
      const { snapshots } = this.database;
      snapshots.push(stored);
      snapshots.sort((a, b) => a.nextEvent - b.nextEvent);
      if (snapshots.length > SNAPSHOTS_KEPT_MAX) snapshots.shift();
      this.world.trace.add(snapshot.shard, `snapshot at event ${snapshot.nextEvent}`);
      return stored;
    });
  }

  loadSnapshot(_shard: string, before: number): Promise<Snapshot | undefined> {
    return this.#query(() => this.database.snapshots.findLast(({ nextEvent }) => nextEvent < before));
  }

  /** Runs a statement on a connection of the pool. */
  #query<T>(execute: () => T): Promise<T> {
    return new JournalConnection(this.world, this.database, this.process).query(execute);
  }
}
