import type { audit, common } from '@clearway/contracts';
import type { AuditEvent, LeavesAppended } from '@clearway/domain-audit';
import { type Projection, ProjectionLagError, runProjection } from '@clearway/platform-projection';
import type { Stoppable } from '@clearway/platform-service';
import { metrics } from '@clearway/platform-telemetry';
import type { AuditCore } from '../audit-core';
import { auditEventCodec } from '../codec/audit-event.codec';
import { insertEntries } from './audit-entries.projection';
import { type ReadModelTotals, readTotals } from './read-model-totals';
import { type EntrySearch, searchEntries } from './search-entries';

/** How long the invariants wait for the read model to reach the journal. */
export const CATCH_UP_TIMEOUT_MS = 3_000;

/**
 * Audit's events in one transaction, and in memory, at most: each of them is a source's whole batch, so these are some
 * thousands of rows when the read model is behind.
 */
const BATCH_EVENTS_MAX = 64;

/** Entries as they can be searched: a projection of audit's own journal, a little behind the tree. */
export class EntriesReadModel implements Stoppable {
  readonly #core: AuditCore;
  #projection: Projection<AuditEvent> | undefined;

  constructor(core: AuditCore) {
    this.#core = core;
  }

  /** Begins to follow the journal; the shard must serve. */
  start(): void {
    const { shard, shardId, pool, log } = this.#core;
    const projection = runProjection<AuditEvent>({
      name: 'audit-entries',
      shard: shardId,
      source: () => shard.feed,
      pool,
      codec: auditEventCodec,
      apply: async (events, client) =>
        insertEntries(client, shardId, events.map(({ event }) => event).filter(isLeavesAppended)),
      batchEventsMax: BATCH_EVENTS_MAX,
      headEvent: () => shard.durablePosition().nextEvent,
      log,
    });
    this.#projection = projection;
    metrics
      .getMeter('clearway')
      .createObservableGauge('clearway_audit_entries_lag', {
        description: "Events of audit's journal not searchable yet",
      })
      .addCallback((result) => result.observe(projection.stats().lagEvents ?? 0));
  }

  async stop(): Promise<void> {
    await this.#projection?.stop();
  }

  async search(search: EntrySearch): Promise<audit.AuditEntry[]> {
    return searchEntries(this.#core.pool, search);
  }

  async position(): Promise<common.JournalPosition> {
    const nextEvent = this.#projection?.stats().nextEvent ?? 0;
    return { shard: this.#core.shardId, nextEvent, liveSagas: 0, parkedSagas: 0 };
  }

  /** Counts what is there once audit's events before `nextEvent` are, or after CATCH_UP_TIMEOUT_MS as it is. */
  async totals(nextEvent: number): Promise<ReadModelTotals> {
    await this.#projection?.caughtUp(nextEvent, CATCH_UP_TIMEOUT_MS).catch((error: unknown) => {
      if (!(error instanceof ProjectionLagError)) throw error;
    });
    return readTotals(this.#core.pool, this.#core.shardId);
  }
}

function isLeavesAppended(event: AuditEvent): event is LeavesAppended {
  return event.kind === 'LeavesAppended';
}
