import type { ClearingEvent } from '@clearway/domain-clearing';
import type { JournaledEvent } from '@clearway/platform-journal';
import type { ReadModel } from '@clearway/platform-service';
import type { ClientBase } from 'pg';
import { projectLedger } from './project-ledger';
import { projectTransfers } from './project-transfers';

/** Name of clearing's one read model: postings, balances and transfers move together. A new name builds them anew. */
export const READ_MODEL = 'clearing-ledger';

/** The read model of every shard, for the service library to run. */
export const clearingReadModel: ReadModel<ClearingEvent> = {
  name: READ_MODEL,
  apply: (events, client, shard) => projectReadModel(client, shard, events),
};

/** Brings clearing's tables up to date with events that follow what they show, in one transaction of the caller's. */
export async function projectReadModel(
  client: ClientBase,
  shard: string,
  events: readonly JournaledEvent<ClearingEvent>[],
): Promise<void> {
  await projectLedger(client, shard, events);
  await projectTransfers(client, shard, events);
}
