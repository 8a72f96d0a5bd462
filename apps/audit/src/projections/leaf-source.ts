import { HASH_BYTES } from '@clearway/domain-audit';
import { decodeEvents, type Journal } from '@clearway/platform-journal';
import type { Pool } from 'pg';
import { auditEventCodec } from '../codec/audit-event.codec';
import type { PlacedLeaves } from './tree-tables';

/** Where the leaves themselves are read. */
export interface LeafSource {
  /** The batches that hold the leaves from the first to the last, in order, whole. */
  read(firstLeaf: number, lastLeaf: number): Promise<readonly PlacedLeaves[]>;
}

/** Leaves kept of what was read last, some megabytes: neighbouring ranges share batches. */
const KEPT_LEAVES_MAX = 16_384;

/** Leaves as audit's own journal keeps them. */
export class JournalLeaves implements LeafSource {
  readonly #pool: Pick<Pool, 'query'>;
  readonly #journal: Pick<Journal, 'readBatches'>;
  readonly #shard: string;
  /** By journal event, the last used at the end. */
  readonly #kept = new Map<number, PlacedLeaves>();
  #keptLeaves = 0;

  constructor(pool: Pick<Pool, 'query'>, journal: Pick<Journal, 'readBatches'>, auditShard: string) {
    this.#pool = pool;
    this.#journal = journal;
    this.#shard = auditShard;
  }

  async read(firstLeaf: number, lastLeaf: number): Promise<readonly PlacedLeaves[]> {
    const found: PlacedLeaves[] = [];
    const places = await this.#places(firstLeaf, lastLeaf);
    for (const journalEvent of places.keys()) {
      const batch = this.#kept.get(journalEvent) ?? (await this.#fetch(journalEvent, places));
      this.#keep(batch);
      found.push(batch);
    }
    return found;
  }

  /** Reads one batch of the journal, and keeps all of what is wanted in it. */
  async #fetch(journalEvent: number, places: ReadonlyMap<number, number>): Promise<PlacedLeaves> {
    const [batch] = await this.#journal.readBatches(this.#shard, journalEvent, 1);
    let wanted: PlacedLeaves | undefined;
    for (const { number, event } of batch === undefined ? [] : decodeEvents(batch, auditEventCodec)) {
      const firstLeaf = places.get(number);
      if (firstLeaf === undefined || event.kind !== 'LeavesAppended') continue;
      const placed = { journalEvent: number, firstLeaf, event };
      if (number === journalEvent) wanted = placed;
      this.#keep(placed);
    }
    if (wanted === undefined) throw new Error(`audit's journal does not hold event ${journalEvent}`);
    return wanted;
  }

  #keep(batch: PlacedLeaves): void {
    if (!this.#kept.delete(batch.journalEvent)) this.#keptLeaves += countOf(batch);
    this.#kept.set(batch.journalEvent, batch);
    for (const [journalEvent, oldest] of this.#kept) {
      if (this.#keptLeaves <= KEPT_LEAVES_MAX) return;
      this.#kept.delete(journalEvent);
      this.#keptLeaves -= countOf(oldest);
    }
  }

  /** By journal event: its first leaf, of the batches that overlap the leaves. */
  async #places(firstLeaf: number, lastLeaf: number): Promise<ReadonlyMap<number, number>> {
    const { rows } = await this.#pool.query<{ first_leaf: string; journal_event: string }>({
      name: 'read-audit-batches',
      text: PLACES,
      values: [this.#shard, firstLeaf, lastLeaf],
    });
    return new Map(rows.map((row) => [Number(row.journal_event), Number(row.first_leaf)]));
  }
}

const PLACES = `
  SELECT first_leaf, journal_event FROM audit_batches
  WHERE shard = $1 AND first_leaf <= $3 AND first_leaf >= coalesce(
    (SELECT max(first_leaf) FROM audit_batches WHERE shard = $1 AND first_leaf <= $2), 0)
  ORDER BY first_leaf`;

/** The leaf behind a batch's last. */
export function endOf({ firstLeaf, event }: PlacedLeaves): number {
  return firstLeaf + event.leafHashes.length / HASH_BYTES;
}

function countOf({ event }: PlacedLeaves): number {
  return event.leafHashes.length / HASH_BYTES;
}
