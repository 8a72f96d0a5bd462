import { join } from 'node:path';
import { audit, common } from '@clearway/contracts';
import { auditMachine, readCheckpointUnverified } from '@clearway/domain-audit';
import { type RpcService, rpcService } from '@clearway/platform-rpc';
import { feedService, type Stoppable } from '@clearway/platform-service';
import type { AuditCore, AuditDefinition } from './audit-core';
import { auditEventCodec } from './codec/audit-event.codec';
import { type AuditSettings, checkpointDirOf } from './config';
import { AppendLane } from './effects/append-lane';
import { CheckpointFiles } from './effects/checkpoint-files';
import { CheckpointSealer } from './effects/checkpoint-sealer';
import type { LogKey } from './effects/log-key';
import { startFollowers } from './effects/start-followers';
import { auditMigrations } from './migrations';
import { EntriesReadModel, entriesReadModel } from './projections/entries-read-model';
import * as allow from './rpc/allow';
import { viewOf } from './rpc/audit-view';
import { checkInvariants } from './rpc/check-invariants.rpc';
import { exportEntries } from './rpc/export-entries.rpc';
import { getCheckpoint } from './rpc/get-checkpoint.rpc';
import { listCheckpoints } from './rpc/list-checkpoints.rpc';
import { listCoverage } from './rpc/list-coverage.rpc';
import { listEntries } from './rpc/list-entries.rpc';
import { getConsistencyProof, getInclusionProof } from './rpc/proofs.rpc';

const TURN_INTERVAL_MS = 25;
/** An event has up to some hundred leaves, which a replay hashes again. */
const SNAPSHOT_EVERY_EVENTS = 500;

/** What works beside audit's shard, made once the runner has made the shard. */
interface Works {
  readonly lane: AppendLane;
  readonly sealer: CheckpointSealer;
  readonly entries: EntriesReadModel;
  /** Undefined where checkpoints are published nowhere. */
  readonly files: CheckpointFiles | undefined;
}

/** Puts audit together. Nothing runs yet: `runService` starts it, in the order in which it is listed here. */
export function wireAudit(settings: AuditSettings, logKey: LogKey): AuditDefinition {
  let made: Works | undefined;
  const worksOf = (core: AuditCore): Works => (made ??= makeWorks(core, settings, logKey));
  return {
    // 1 who it is, and how it was set up
    name: 'audit',
    settings,
    // 2 the pure machine, and how its events stand in the journal
    machine: auditMachine,
    codec: auditEventCodec,
    // nobody's order waits for audit, so it gathers longer than the others
    shardLimits: { turnIntervalMs: TURN_INTERVAL_MS },
    // 3 tables of the read model
    migrations: auditMigrations,
    ownReadModels: [entriesReadModel],
    // 4 calls in, behind mutual TLS and the allow-tables
    rpcServices: (core) => rpcServices(core, worksOf(core), settings, logKey),
    // 5 what works beside the shard: read model, checkpoints, then the sources
    started: async (core) => start(core, worksOf(core), settings),
    // 6 snapshots, stored by a worker thread
    snapshotWorkerFile: join(__dirname, 'snapshot.worker.js'),
    snapshotEveryEvents: SNAPSHOT_EVERY_EVENTS,
  };
}

function makeWorks(core: AuditCore, settings: AuditSettings, logKey: LogKey): Works {
  const { signers, verifiers, verifierKey } = logKey;
  const { shard, log } = core;
  const lane = new AppendLane(shard);
  const { actor } = core.ownContext('');
  const origin = settings.CLEARWAY_AUDIT_ORIGIN;
  const clock = (): number => Date.now() * 1_000;
  const entries = new EntriesReadModel(core);
  const dir = checkpointDirOf(settings);
  const rootOf = async (size: number) => entries.rootAt(size);
  const files =
    dir === undefined ? undefined : new CheckpointFiles({ dir, origin, verifiers, verifierKey, rootOf });
  const sealing = { shard, lane, origin, signers, verifiers, actor, clock, log };
  const sealer = new CheckpointSealer(files === undefined ? sealing : { ...sealing, files });
  return { lane, sealer, entries, files };
}

function rpcServices(
  core: AuditCore,
  { sealer, entries, files }: Works,
  settings: AuditSettings,
  { verifierKey, verifiers }: LogKey,
): RpcService[] {
  const origin = settings.CLEARWAY_AUDIT_ORIGIN;
  const facts = {
    origin,
    verifiers,
    view: async () => core.readAt(viewOf),
    totals: async (nextEvent: number) => entries.totals(nextEvent),
    published: async () => publishedFacts(files, entries),
  };
  const caughtUp = async () => entries.caughtUp();
  const proofs = {
    proofs: entries.proofs,
    checkpointSize: async () => core.read(({ lastCheckpoint }) => lastCheckpoint?.size ?? 0),
    caughtUp,
  };
  return [
    rpcService({
      definition: audit.AuditServiceService,
      allow: allow.AUDIT_SERVICE,
      handlers: {
        getCheckpoint: getCheckpoint(sealer, verifierKey),
        listCoverage: listCoverage(
          core,
          settings.CLEARWAY_SOURCES.map(({ shard }) => shard),
        ),
        listEntries: listEntries(entries),
        getInclusionProof: getInclusionProof(proofs),
        getConsistencyProof: getConsistencyProof(proofs),
        listCheckpoints: listCheckpoints(entries.proofs),
        exportEntries: exportEntries({
          proofs: entries.proofs,
          leavesBetween: async (from, to) => entries.leavesBetween(from, to),
          checkpoint: async () => checkpointOf(await sealer.newest()),
          caughtUp,
          feed: () => core.shard.feed,
          verifierKey,
        }),
      },
    }),
    rpcService({
      definition: common.InvariantServiceService,
      allow: allow.INVARIANT_SERVICE,
      handlers: { checkInvariants: checkInvariants(core.figures, facts) },
    }),
    feedService(core, allow.FEED_SERVICE),
  ];
}

async function publishedFacts(files: CheckpointFiles | undefined, entries: EntriesReadModel) {
  const newest = await files?.newest();
  if (newest === undefined) return undefined;
  return { size: newest.size, rootHash: newest.rootHash, computed: await entries.rootAt(newest.size) };
}

function checkpointOf(note: string): { readonly note: string; readonly size: number } {
  const parsed = readCheckpointUnverified(note);
  return { note, size: parsed.kind === 'checkpoint' ? parsed.checkpoint.size : 0 };
}

async function start(
  core: AuditCore,
  { lane, sealer, entries }: Works,
  settings: AuditSettings,
): Promise<Stoppable[]> {
  await sealer.start();
  entries.start();
  return [entries, sealer, startFollowers(core, settings, lane)];
}
