import { workerData } from 'node:worker_threads';
import type { Machine } from '@clearway/kernel';
import { type EventCodec, Journal } from '@clearway/platform-journal';
import { createPool } from '@clearway/platform-postgres';
import { reportSnapshot, snapshotOnce } from '@clearway/platform-shard';
import { giveWay } from './give-way';

/** What the snapshotter hands to its worker. */
export interface SnapshotWorkerData {
  readonly postgresUrl: string;
  readonly shardId: string;
}

const CONNECTIONS_MAX = 1;
const STATEMENT_TIMEOUT_MS = 60_000;

/**
 * Takes one snapshot of the shard away from its turn loop, then ends the worker's part. A service's `snapshot.worker.ts` is
 * this one call with its machine and codec.
 */
export async function runSnapshotWorker<State, Command, Event, Outcome, Output>(
  machine: Machine<State, Command, Event, Outcome, Output>,
  codec: EventCodec<Event>,
): Promise<void> {
  giveWay();
  const { postgresUrl, shardId } = workerData as SnapshotWorkerData;
  const pool = createPool(postgresUrl, {
    max: CONNECTIONS_MAX,
    applicationName: `snapshot ${shardId}`,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  try {
    await reportSnapshot(snapshotOnce({ journal: new Journal(pool), shardId, machine, codec }));
  } finally {
    await pool.end();
  }
}
