import {
  type HeldLease,
  LEASE_HEARTBEAT_INTERVAL_MS,
  type LeaseGrant,
  type LeaseListeners,
} from '@clearway/platform-journal';
import { JournalConnection } from './journal-connection';
import type { SimulatedDatabase } from './simulated-database';
import type { Owner } from './virtual-time';
import type { World } from './world';

/** The lease keeper of platform-journal with its statements executed here: same heartbeat, same life, same ways to lose it. */
export class SimulatedLease implements HeldLease {
  readonly #timer: NodeJS.Timeout;
  readonly #startedAtMs = performance.now();
  #confirmedAtMs = Number.NEGATIVE_INFINITY;
  #connection: JournalConnection | undefined;
  #isBeating = false;
  #isOver = false;

  constructor(
    private readonly world: World,
    private readonly database: SimulatedDatabase,
    private readonly process: Owner,
    readonly grant: LeaseGrant,
    private readonly listeners: LeaseListeners,
  ) {
    this.#timer = setInterval(() => this.#tick(), LEASE_HEARTBEAT_INTERVAL_MS);
    this.#tick();
  }

  isFresh(): boolean {
    return !this.#isOver && performance.now() - this.#confirmedAtMs < this.grant.ttlMs;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#timer);
  }

  async release(): Promise<void> {
    await this.stop();
    const connection = new JournalConnection(this.world, this.database, this.process);
    const { lease } = this.database;
    await connection
      .query(() => {
        if (this.#isOwner()) lease.expiresAtMicros = 0;
      })
      .catch(() => undefined);
  }

  #tick(): void {
    if (!this.#isBeating) void this.#beat();
    const silentMs = performance.now() - Math.max(this.#confirmedAtMs, this.#startedAtMs);
    if (silentMs > 2 * this.grant.ttlMs) this.#lose(`was not confirmed for ${Math.round(silentMs)} ms`);
  }

  async #beat(): Promise<void> {
    const sentAtMs = performance.now();
    this.#isBeating = true;
    try {
      this.#connection ??= new JournalConnection(this.world, this.database, this.process);
      const isProlonged = await this.#connection.query(() => this.#prolong());
      if (!isProlonged) return this.#lose('was taken by another owner');
      this.#confirmedAtMs = sentAtMs;
      if (!this.#isOver) this.listeners.onConfirmed();
    } catch {
      this.#connection = undefined;
    } finally {
      this.#isBeating = false;
    }
  }

  #prolong(): boolean {
    const { lease, world } = this.database;
    if (!this.#isOwner()) return false;
    lease.expiresAtMicros = world.time.nowMicros + this.grant.ttlMs * 1_000;
    return true;
  }

  #isOwner(): boolean {
    const { lease } = this.database;
    return lease.owner === this.grant.owner && lease.epoch === this.grant.epoch;
  }

  #lose(how: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#timer);
    this.listeners.onLost(new LeaseLostError(`the lease of ${this.grant.shard} ${how}`));
  }
}

/** The process may no longer write its shard. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}
