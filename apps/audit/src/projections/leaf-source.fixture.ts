import type { AuditEvent } from '@clearway/domain-audit';
import type { JournaledEvent } from '@clearway/platform-journal';
import { endOf, type LeafSource } from './leaf-source';
import type { PlacedLeaves } from './tree-tables';

/** Leaves in memory, for tests that have no journal. */
export class MemoryLeaves implements LeafSource {
  readonly #batches: PlacedLeaves[] = [];

  /** Adds what was projected, in order. */
  add(events: readonly JournaledEvent<AuditEvent>[]): void {
    for (const { number, event } of events) {
      if (event.kind !== 'LeavesAppended') continue;
      const last = this.#batches.at(-1);
      this.#batches.push({ journalEvent: number, firstLeaf: last === undefined ? 0 : endOf(last), event });
    }
  }

  async read(firstLeaf: number, lastLeaf: number): Promise<readonly PlacedLeaves[]> {
    return this.#batches.filter((batch) => batch.firstLeaf <= lastLeaf && endOf(batch) > firstLeaf);
  }
}
