import type { ClearingEvent } from '@clearway/domain-clearing';
import type { JournaledEvent } from '@clearway/platform-journal';
import type { ClientBase } from 'pg';
import { projectLedger } from './project-ledger';
import { projectTransfers } from './project-transfers';

/** Brings clearing's tables up to date with events that follow what they show, in one transaction of the caller's. */
export async function projectReadModels(
  client: ClientBase,
  shard: string,
  events: readonly JournaledEvent<ClearingEvent>[],
): Promise<void> {
  await projectLedger(client, shard, events);
  await projectTransfers(client, shard, events);
}
