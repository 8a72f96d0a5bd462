import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditCommand, AuditOutcome, AuditState } from '@clearway/domain-audit';
import { type AuditEvent, auditMachine, type LeavesAppended } from '@clearway/domain-audit';
import { unlessAborted } from '@clearway/platform-command';
import { type CommittedBatch, Journal, journalMigrations } from '@clearway/platform-journal';
import {
  createDatabases,
  createPool,
  migrate,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import { projectionMigrations, runProjection } from '@clearway/platform-projection';
import { openShard, type Shard } from '@clearway/platform-shard';
import type { Pool } from 'pg';
import { auditEventCodec } from '../codec/audit-event.codec';
import { appendOf } from '../effects/source-append';
import { auditMigrations } from '../migrations';
import { insertEntries } from '../projections/audit-entries.projection';
import { BATCH_BYTES_MAX } from '../projections/entries-read-model';
import { EventIndex } from '../projections/event-index';
import { begin, type Rate, rateOf } from './sealing';

/** Rates with a database of its own beside it. */
export interface PostgresRates {
  /** Until every leaf is durable in audit's journal. */
  readonly journal: Rate;
  /** Until every leaf can be searched and proven, from the journal as it then stands. */
  readonly readModel: Rate;
}

const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const APPENDS_IN_FLIGHT_MAX = 16;
const CATCH_UP_TIMEOUT_MS = 600_000;

/** Measures with a Postgres that is started for it and thrown away afterwards. */
export async function measureWithPostgres(
  batches: readonly CommittedBatch[],
  signal?: AbortSignal,
): Promise<PostgresRates> {
  const dir = await temporaryHome('clearway-bench-audit-');
  const postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), log: SILENT });
  try {
    const passwords = { ownerPassword: 'owner', appPassword: 'app' };
    const [urls] = await createDatabases(postgres.url, [{ service: 'audit', ...passwords }]);
    if (urls === undefined) throw new Error('no database was made');
    const migrations = [...journalMigrations, ...projectionMigrations, ...auditMigrations];
    await migrate({ url: urls.ownerUrl, migrations });
    const pool = createPool(urls.appUrl, { max: 4, applicationName: 'bench-audit' });
    try {
      return await unlessAborted(signal, measure(pool, batches));
    } finally {
      await pool.end();
    }
  } finally {
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function measure(pool: Pool, batches: readonly CommittedBatch[]): Promise<PostgresRates> {
  const shard = openShard<AuditState, AuditCommand, AuditEvent, AuditOutcome>({
    shardId: 'audit/0',
    machine: auditMachine,
    codec: auditEventCodec,
    journal: new Journal(pool),
    owner: 'bench',
    clock: () => Date.now() * 1_000,
    log: SILENT,
    onFatal: (error) => {
      throw error;
    },
  });
  await shard.whenServing();
  try {
    return { journal: await appendAll(shard, batches), readModel: await projectAll(shard, pool) };
  } finally {
    await shard.close();
  }
}

async function appendAll(
  shard: Shard<AuditState, AuditCommand, AuditEvent, AuditOutcome>,
  batches: readonly CommittedBatch[],
): Promise<Rate> {
  const context = {
    actor: 'spiffe://clearway/svc/audit',
    address: '',
    device: '',
    traceparent: '',
    method: 'bench',
  };
  const inFlight = new Set<Promise<unknown>>();
  const since = begin();
  for (const batch of batches) {
    const command = appendOf(batch.shard, batch, batch.firstEvent);
    if (command === undefined) throw new Error('a batch was taken twice');
    const outcome = shard.submit(command, context).finally(() => inFlight.delete(outcome));
    inFlight.add(outcome);
    if (inFlight.size >= APPENDS_IN_FLIGHT_MAX) await Promise.race(inFlight);
  }
  await Promise.all(inFlight);
  return rateOf(await shard.read((state) => state.tree.size), since);
}

async function projectAll(
  shard: Shard<AuditState, AuditCommand, AuditEvent, AuditOutcome>,
  pool: Pool,
): Promise<Rate> {
  const index = new EventIndex();
  let leaves = 0;
  const since = begin();
  const projection = runProjection<AuditEvent>({
    name: 'bench',
    shard: shard.id,
    source: () => shard.feed,
    pool,
    codec: auditEventCodec,
    apply: async (events, client) => {
      await insertEntries(client, shard.id, events, index);
      for (const { event } of events) if (isLeaves(event)) leaves += event.leafHashes.length / 32;
    },
    batchBytesMax: BATCH_BYTES_MAX,
    headEvent: () => shard.durablePosition().nextEvent,
    log: SILENT,
  });
  await projection.caughtUp(shard.durablePosition().nextEvent, CATCH_UP_TIMEOUT_MS);
  const rate = rateOf(leaves, since);
  await projection.stop();
  return rate;
}

function isLeaves(event: AuditEvent): event is LeavesAppended {
  return event.kind === 'LeavesAppended';
}
