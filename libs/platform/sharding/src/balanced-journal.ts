import type { LeaseAttempt, ShardJournal } from '@clearway/platform-journal';

/** Says how many shards this process may hold now. */
export type Allowance = () => number;

/** How long a standby is told to wait when its process may take no more; it asks again at its own interval anyway. */
const NO_ROOM_MS = 1_000;

/** Leases that this process holds or is asking for, and how many more it may take. */
export class LeaseCounter {
  private readonly held = new Set<string>();
  private asking = 0;
  private letIn: () => void = () => undefined;
  /** Resolves when leases may be asked for: before, nobody knows how many processes there are. */
  readonly opened = new Promise<void>((resolve) => {
    this.letIn = resolve;
  });

  constructor(private readonly allowance: Allowance) {}

  /** Leases held. */
  get count(): number {
    return this.held.size;
  }

  /** Lets attempts begin, or end when the process goes before it has begun. */
  open(): void {
    this.letIn();
  }

  /** Takes a place for one attempt; false when there is none. */
  begin(): boolean {
    if (this.held.size + this.asking >= this.allowance()) return false;
    this.asking += 1;
    return true;
  }

  /** Ends an attempt. */
  end(shard: string, isAcquired: boolean): void {
    this.asking -= 1;
    if (isAcquired) this.held.add(shard);
  }

  /** A lease was given back or lost. */
  release(shard: string): void {
    this.held.delete(shard);
  }
}

/**
 * A journal whose leases are asked for only while the process may hold more shards: that is how shards spread over
 * processes without anybody in charge. Everything else is the journal's own.
 */
export function balancedJournal(journal: ShardJournal, counter: LeaseCounter): ShardJournal {
  /** Who was last seen with each lease, for the log of a standby that may not ask. */
  const holders = new Map<string, string>();
  return {
    tryAcquire: async (shard, owner, ttlMs): Promise<LeaseAttempt> => {
      await counter.opened;
      if (!counter.begin()) {
        const holder = holders.get(shard) ?? 'another process';
        return { outcome: 'held-by-other', owner: holder, remainingMs: NO_ROOM_MS };
      }
      let isAcquired = false;
      try {
        const attempt = await journal.tryAcquire(shard, owner, ttlMs);
        isAcquired = attempt.outcome === 'acquired';
        holders.set(shard, attempt.outcome === 'acquired' ? owner : attempt.owner);
        return attempt;
      } finally {
        counter.end(shard, isAcquired);
      }
    },
    keep: (grant, listeners) => {
      const lease = journal.keep(grant, listeners);
      return {
        grant: lease.grant,
        isFresh: () => lease.isFresh(),
        stop: () => lease.stop(),
        release: async () => {
          await lease.release();
          counter.release(grant.shard);
        },
      };
    },
    openAppender: (grant, head) => journal.openAppender(grant, head),
    readHead: (shard) => journal.readHead(shard),
    readBatches: (shard, fromEvent, limit) => journal.readBatches(shard, fromEvent, limit),
    saveSnapshot: (snapshot) => journal.saveSnapshot(snapshot),
    loadSnapshot: (shard, before, onCorrupt) => journal.loadSnapshot(shard, before, onCorrupt),
  };
}
