import {
  foldPlan,
  hashAtFromTiles,
  type LeafRange,
  type NodePlace,
  type ProofPlan,
  planConsistency,
  planInclusion,
  planRange,
  rootAt,
  tilesOf,
} from '@clearway/domain-audit';
import type { Pool } from 'pg';
import { readNextLeaf } from './audit-entries.projection';
import { readTiles } from './tree-tables';

/** A proof, and the root of the tree that it was made in. */
export interface StoredProof {
  readonly proof: readonly Uint8Array[];
  readonly rootHash: Uint8Array;
}

/** A signed checkpoint as it was recorded. */
export interface StoredCheckpoint {
  readonly treeSize: number;
  readonly rootHash: Buffer;
  readonly recordedAtMicros: number;
  readonly checkpoint: string;
}

/** Where the leaves of a journal batch begin, and which of audit's events brought them. */
export interface BatchPlace {
  readonly firstLeaf: number;
  readonly journalEvent: number;
}

/** Proofs out of the tiles that the read model keeps: each costs one statement that reads O(log n) tiles. */
export class ProofStore {
  readonly #pool: Pick<Pool, 'query'>;
  readonly #shard: string;

  constructor(pool: Pick<Pool, 'query'>, auditShard: string) {
    this.#pool = pool;
    this.#shard = auditShard;
  }

  /** How many leaves are stored: the largest tree that anything can be proven in. */
  async size(): Promise<number> {
    return readNextLeaf(this.#pool, this.#shard);
  }

  /** Proves leaf `index` in the tree of `size` leaves; the first hash is the leaf's own. */
  async inclusion(index: number, size: number): Promise<StoredProof & { readonly leafHash: Uint8Array }> {
    const plan: ProofPlan = [[{ level: 0, index }], ...planInclusion(index, size)];
    const { hashes, rootHash } = await this.#prove(plan, size);
    const [leafHash, ...proof] = hashes;
    return { leafHash: leafHash as Uint8Array, proof, rootHash };
  }

  /** Proves that the larger tree only appended to the smaller. */
  async consistency(
    firstSize: number,
    secondSize: number,
  ): Promise<StoredProof & { readonly firstRootHash: Uint8Array }> {
    const { hashes, rootHash } = await this.#prove(planConsistency(firstSize, secondSize), secondSize);
    return { proof: hashes, rootHash, firstRootHash: await this.root(firstSize) };
  }

  /** The root of the tree of the first `size` leaves. */
  async root(size: number): Promise<Uint8Array> {
    return (await this.#prove([], size)).rootHash;
  }

  /** The nodes outside a range of leaves. */
  async outside(range: LeafRange): Promise<(NodePlace & { readonly hash: Uint8Array })[]> {
    const places = planRange(range);
    const hashAt = hashAtFromTiles(await readTiles(this.#pool, this.#shard, tilesOf(places)));
    return places.map(({ level, index }) => ({ level, index, hash: hashAt(level, index) }));
  }

  /** The leaf that an event of a source is; undefined when the tree does not have it. */
  async leafOf(sourceShard: string, eventNumber: number): Promise<number | undefined> {
    const sql = `SELECT first_leaf, first_event FROM audit_batches WHERE shard = $1 AND source_shard = $2
      AND first_event <= $3 ORDER BY first_event DESC LIMIT 1`;
    const { rows } = await this.#pool.query<{ first_leaf: string; first_event: string }>(sql, [
      this.#shard,
      sourceShard,
      eventNumber,
    ]);
    const [row] = rows;
    if (row === undefined) return undefined;
    const leaf = Number(row.first_leaf) + eventNumber - Number(row.first_event);
    return leaf < (await this.#endOfBatch(Number(row.first_leaf))) ? leaf : undefined;
  }

  /** The batch that a leaf stands in. */
  async batchOf(leaf: number): Promise<BatchPlace | undefined> {
    const sql = `SELECT first_leaf, journal_event FROM audit_batches WHERE shard = $1 AND first_leaf <= $2
      ORDER BY first_leaf DESC LIMIT 1`;
    const { rows } = await this.#pool.query<{ first_leaf: string; journal_event: string }>(sql, [
      this.#shard,
      leaf,
    ]);
    const [row] = rows;
    return row && { firstLeaf: Number(row.first_leaf), journalEvent: Number(row.journal_event) };
  }

  /** Checkpoints of trees smaller than `beforeSize`, newest first. */
  async checkpoints(beforeSize: number, limit: number): Promise<StoredCheckpoint[]> {
    const sql = `SELECT tree_size, root_hash, recorded_at_micros, note FROM audit_checkpoints
      WHERE shard = $1 AND tree_size < $2 ORDER BY tree_size DESC LIMIT $3`;
    const { rows } = await this.#pool.query<{
      tree_size: string;
      root_hash: Buffer;
      recorded_at_micros: string;
      note: string;
    }>(sql, [this.#shard, beforeSize, limit]);
    return rows.map(({ tree_size, root_hash, recorded_at_micros, note }) => ({
      treeSize: Number(tree_size),
      rootHash: root_hash,
      recordedAtMicros: Number(recorded_at_micros),
      checkpoint: note,
    }));
  }

  async #endOfBatch(firstLeaf: number): Promise<number> {
    const sql = 'SELECT min(first_leaf) AS next FROM audit_batches WHERE shard = $1 AND first_leaf > $2';
    const { rows } = await this.#pool.query<{ next: string | null }>(sql, [this.#shard, firstLeaf]);
    return Number(rows[0]?.next ?? (await this.size()));
  }

  async #prove(
    plan: ProofPlan,
    size: number,
  ): Promise<{ readonly hashes: Uint8Array[]; readonly rootHash: Uint8Array }> {
    const peaks = planRange({ from: size, to: size, size });
    const places = [...plan.flat(), ...peaks];
    const hashAt = hashAtFromTiles(await readTiles(this.#pool, this.#shard, tilesOf(places)));
    return { hashes: foldPlan(plan, hashAt), rootHash: rootAt(size, hashAt) };
  }
}
