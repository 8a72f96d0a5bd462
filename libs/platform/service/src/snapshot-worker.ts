import { workerData } from 'node:worker_threads';
import type { Machine } from '@clearway/kernel';
import { type EventCodec, Journal } from '@clearway/platform-journal';
import { createPool } from '@clearway/platform-postgres';
import { serveSnapshots } from '@clearway/platform-shard';
import { giveWay } from './give-way';

/** What the snapshotter hands to its worker. */
export interface SnapshotWorkerData {
  readonly postgresUrl: string;
  readonly shardId: string;
}

const CONNECTIONS_MAX = 1;
const STATEMENT_TIMEOUT_MS = 60_000;

/**
 * Stores the shard's snapshots away from its turn loop. A service's `snapshot.worker.ts` is this one call with its machine and
 * codec.
 */
export function runSnapshotWorker<State, Command, Event, Outcome, Output>(
  machine: Machine<State, Command, Event, Outcome, Output>,
  codec: EventCodec<Event>,
): void {
  giveWay();
  const { postgresUrl, shardId } = workerData as SnapshotWorkerData;
  const pool = createPool(postgresUrl, {
    max: CONNECTIONS_MAX,
    applicationName: `snapshot ${shardId}`,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  serveSnapshots({ journal: new Journal(pool), shardId, machine, codec });
}
