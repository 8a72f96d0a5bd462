import type { common } from '@clearway/contracts';
import type { AuditEvent } from '@clearway/domain-audit';
import { Journal } from '@clearway/platform-journal';
import { type Projection, ProjectionLagError, runProjection } from '@clearway/platform-projection';
import { RpcError } from '@clearway/platform-rpc';
import type { ReadModel, Stoppable } from '@clearway/platform-service';
import type { AuditCore } from '../audit-core';
import { auditEventCodec } from '../codec/audit-event.codec';
import { insertEntries } from './audit-entries.projection';
import { BLOCK_LEAVES } from './block-parts';
import { EventIndex } from './event-index';
import { JournalLeaves } from './leaf-source';
import { type LeavesBetween, leavesBetween } from './leaf-times';
import { ProofStore } from './proof-store';
import { type ReadModelTotals, readTotals } from './read-model-totals';
import { type EntrySearch, type FoundEntries, searchEntries } from './search-entries';

/** Audit's own shard. */
const AUDIT_SHARD = 'audit/0';
const READ_MODEL = 'audit-entries-3';
const rebuilding = new EventIndex();

/** What a block is found by, and what it holds of each source, however many rows say so. */
const blocksCompared = (table: string): string => `
  SELECT first_leaf / ${BLOCK_LEAVES} AS block, 'key' AS what, key::text AS value
  FROM ${table}, unnest(keys) AS key GROUP BY 1, 3
  UNION ALL
  SELECT first_leaf / ${BLOCK_LEAVES}, source, concat_ws(' ', sum(event_count), min(first_event), max(last_event), sum(event_sum))
  FROM ${table}, unnest(sources, event_counts, first_events, last_events, event_sums)
    AS held (source, event_count, first_event, last_event, event_sum) GROUP BY 1, 2`;

/** The same read model for a rebuild in a scratch schema, where no function makes a partition for each month. */
export const entriesReadModel: ReadModel<AuditEvent> = {
  name: READ_MODEL,
  apply: async (events, client) => insertEntries(client, AUDIT_SHARD, events, rebuilding),
  scratchSql: 'CREATE TABLE audit_blocks_of_all_months PARTITION OF audit_blocks DEFAULT',
  // How leaves were gathered into transactions decides which row a key stands in, but not what a block is found by.
  comparedAs: { audit_blocks: blocksCompared },
};

/** How long the invariants wait for the read model to reach the journal. */
export const CATCH_UP_TIMEOUT_MS = 3_000;

/**
 * Bytes of audit's events in one transaction at most: each of them is a source's whole batch. They are some 30,000 leaves, which take
 * some 40 MB while they are indexed. Small transactions cost more: each one has a row for every block and subject's page that it touches.
 */
export const BATCH_BYTES_MAX = 4_194_304;

/** Entries as they can be searched: a projection of audit's own journal, a little behind the tree. */
export class EntriesReadModel implements Stoppable {
  readonly #core: AuditCore;
  readonly #index = new EventIndex();
  readonly #leaves: JournalLeaves;
  readonly #proofs: ProofStore;
  #projection: Projection<AuditEvent> | undefined;

  constructor(core: AuditCore) {
    this.#core = core;
    this.#proofs = new ProofStore(core.pool, core.shardId);
    this.#leaves = new JournalLeaves(core.pool, new Journal(core.pool), core.shardId);
  }

  /** The stored hashes, to prove from. */
  get proofs(): ProofStore {
    return this.#proofs;
  }

  /** Begins to follow the journal; the shard must serve. */
  start(): void {
    const { shard, shardId, pool, log, figures } = this.#core;
    const projection = runProjection<AuditEvent>({
      name: READ_MODEL,
      shard: shardId,
      source: () => shard.feed,
      pool,
      codec: auditEventCodec,
      apply: async (events, client) => insertEntries(client, shardId, events, this.#index),
      batchBytesMax: BATCH_BYTES_MAX,
      headEvent: () => shard.durablePosition().nextEvent,
      log,
    });
    this.#projection = projection;
    const description = "Events of audit's journal not searchable yet";
    figures.gauge('clearway_audit_entries_lag_events', description, (observe) =>
      observe(projection.stats().lagEvents ?? 0),
    );
  }

  async stop(): Promise<void> {
    await this.#projection?.stop();
  }

  async search(search: EntrySearch): Promise<FoundEntries> {
    return searchEntries(this.#core.pool, this.#leaves, search);
  }

  /** The leaves from the first to the last one that was recorded within [fromMicros, toMicros); undefined when none was. */
  async leavesBetween(fromMicros: number, toMicros: number): Promise<LeavesBetween | undefined> {
    return leavesBetween(this.#core.pool, this.#leaves, fromMicros, toMicros);
  }

  /** The prefix of audit's journal that searches see: all that is durable now, unless that takes too long. */
  async position(): Promise<common.JournalPosition> {
    await this.#waitFor(this.#core.shard.durablePosition().nextEvent);
    const nextEvent = this.#projection?.stats().nextEvent ?? 0;
    return { shard: this.#core.shardId, nextEvent, liveSagas: 0, parkedSagas: 0 };
  }

  /** Waits until all that is durable now can be proven; rejects with NOT_READY when that takes too long. */
  async caughtUp(): Promise<void> {
    const { nextEvent } = this.#core.shard.durablePosition();
    await this.#projection?.caughtUp(nextEvent, CATCH_UP_TIMEOUT_MS).catch((cause: unknown) => {
      throw new RpcError('NOT_READY', 'The stored hashes are behind the tree.', {}, { cause });
    });
  }

  /** The root of the tree of its first `size` leaves, no bytes when it has fewer. Rejects with NOT_READY. */
  async rootAt(size: number): Promise<Uint8Array> {
    if ((await this.#proofs.size()) < size) await this.caughtUp();
    return (await this.#proofs.size()) < size ? new Uint8Array(0) : this.#proofs.root(size);
  }

  /** Counts what is there once audit's events before `nextEvent` are, or after CATCH_UP_TIMEOUT_MS as it is. */
  async totals(nextEvent: number): Promise<ReadModelTotals> {
    await this.#waitFor(nextEvent);
    return readTotals(this.#core.pool, this.#core.shardId);
  }

  async #waitFor(nextEvent: number): Promise<void> {
    await this.#projection?.caughtUp(nextEvent, CATCH_UP_TIMEOUT_MS).catch((error: unknown) => {
      if (!(error instanceof ProjectionLagError)) throw error;
    });
  }
}
