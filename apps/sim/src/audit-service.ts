import { journal } from '@clearway/contracts';
import {
  type AuditCommand,
  type AuditEvent,
  type AuditOutcome,
  type AuditState,
  entryLeafHashes,
  expectedEvent,
} from '@clearway/domain-audit';
import { type CommittedBatch, decodeBatch } from '@clearway/platform-journal';
import type { AuditMachine } from './machines';
import type { Network } from './network';
import { plainEventCodec } from './plain-event-codec';
import type { ServiceProcess, ServiceSpec } from './service-process';
import type { World } from './world';

/** What an audit process is made of. */
export type AuditSpec = ServiceSpec<AuditState, AuditCommand, AuditEvent, AuditOutcome, never>;
type AuditProcess = ServiceProcess<AuditState, AuditCommand, AuditEvent, AuditOutcome, never>;

/** Services whose journals audit follows. */
export const AUDITED = ['trading', 'risk', 'clearing'] as const;

const READ_TIMEOUT_MS = 1_000;
const PAUSE_MS = 100;

/** Audit as apps/audit wires it: one follower a source, whose cursor is the tree's own. */
export function auditSpec(machine: AuditMachine, world: World, network: Network): AuditSpec {
  return {
    name: 'audit',
    machine,
    codec: plainEventCodec(),
    check: () => [],
    handlers: () => ({}),
    started: async (process) => {
      for (const source of AUDITED) void follow(process, source, world, network);
    },
  };
}

async function follow(process: AuditProcess, source: string, world: World, network: Network): Promise<void> {
  let cursor: number | undefined;
  for (;;) {
    try {
      // The planted bug keeps the cursor that it noted before the append was durable.
      if (cursor === undefined || !world.mutation.auditTrustsItsCursor)
        cursor = await process.shard.read((state) => expectedEvent(state, `${source}/0`));
      const batches = await network.call<CommittedBatch[]>({
        from: process.owner,
        caller: 'audit',
        service: source,
        method: 'ReadFeed',
        request: { fromEvent: cursor },
        timeoutMs: READ_TIMEOUT_MS,
      });
      const appends: Promise<void>[] = [];
      for (const batch of batches) {
        const from = cursor;
        cursor = Math.max(cursor, batch.firstEvent + batch.eventCount);
        appends.push(append(process, batch, from));
      }
      await Promise.all(appends);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

async function append(process: AuditProcess, batch: CommittedBatch, fromEvent: number): Promise<void> {
  const nextEvent = batch.firstEvent + batch.eventCount;
  if (nextEvent <= fromEvent) return;
  if (batch.firstEvent > fromEvent) throw new Error(`${batch.shard} left out events from ${fromEvent} on`);
  const outcome = await process.submit({
    kind: 'Append',
    sourceShard: batch.shard,
    firstEvent: fromEvent,
    leafHashes: leafHashesOf(batch, fromEvent),
    payload: batch.payload,
  });
  if (outcome.kind !== 'appended' && outcome.kind !== 'duplicate')
    throw new Error(`a batch of ${batch.shard} was not appended: ${outcome.kind}`);
}

/** Leaf hashes of a batch's events from a number on, as apps/audit computes them. */
export function leafHashesOf(batch: CommittedBatch, fromEvent: number): Uint8Array {
  const { contexts, events } = decodeBatch(batch);
  const contextBytes = contexts.map((context) => journal.CommandContext.encode(context).finish());
  const entries = events.map(({ type, data, context }, index) => ({
    sourceShard: batch.shard,
    eventNumber: batch.firstEvent + index,
    recordedAtMicros: contexts[context]?.atMicros ?? 0,
    contextBytes: contextBytes[context] ?? new Uint8Array(0),
    eventType: type,
    eventBytes: data,
  }));
  return entryLeafHashes(entries.slice(fromEvent - batch.firstEvent));
}
