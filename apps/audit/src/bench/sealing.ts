import { auditMachine, CompactRange, HASH_BYTES } from '@clearway/domain-audit';
import type { CommittedBatch } from '@clearway/platform-journal';
import { appendOf } from '../effects/source-append';

/** How fast something went. */
export interface Rate {
  readonly leaves: number;
  readonly seconds: number;
  readonly leavesPerSecond: number;
  /** CPU time of this process, its other threads and its collector included, without Postgres. */
  readonly cpuMicrosALeaf: number;
}

/**
 * What sealing costs on one core, without any I/O: the checksum of each source batch, cutting it, hashing every leaf, the decision,
 * and the tree with its inner hashes, root and all.
 */
export function measureSealing(batches: readonly CommittedBatch[]): Rate {
  const state = auditMachine.create();
  const nextEvents = new Map<string, number>();
  const turn = {
    nowMicros: 1,
    emit: (event: Parameters<typeof auditMachine.evolve>[1]) => auditMachine.evolve(state, event, 1),
    publish: () => undefined,
  };
  return timed(() => {
    for (const batch of batches) {
      const command = appendOf(batch.shard, batch, nextEvents.get(batch.shard) ?? 0);
      if (command === undefined) throw new Error('a batch was taken twice');
      const outcome = auditMachine.decide(state, command, turn);
      if (outcome.kind !== 'appended') throw new Error(`not appended: ${outcome.kind}`);
      nextEvents.set(batch.shard, outcome.expectedEvent);
    }
    state.tree.root();
    return state.tree.size;
  });
}

/** What the tree alone costs: leaf hashes in, inner hashes out. */
export function measureTree(leaves: number): Rate {
  const hashes = Buffer.alloc(leaves * HASH_BYTES, 7);
  const tree = new CompactRange();
  return timed(() => {
    tree.appendMany(hashes);
    tree.root();
    return tree.size;
  });
}

/** Times synchronous work that tells how many leaves it dealt with. */
export function timed(work: () => number): Rate {
  const since = begin();
  return rateOf(work(), since);
}

/** A moment, by both clocks. */
export interface Beginning {
  readonly atMs: number;
  readonly cpu: NodeJS.CpuUsage;
}

/** Begins to measure. */
export function begin(): Beginning {
  return { atMs: performance.now(), cpu: process.cpuUsage() };
}

/** A rate from a count and when it was begun. */
export function rateOf(leaves: number, { atMs, cpu }: Beginning): Rate {
  const seconds = (performance.now() - atMs) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const cpuMicrosALeaf = Math.round(((user + system) / leaves) * 100) / 100;
  return { leaves, seconds, leavesPerSecond: Math.round(leaves / seconds), cpuMicrosALeaf };
}
