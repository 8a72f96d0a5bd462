import { Journal } from '@clearway/platform-journal';
import { createPool } from '@clearway/platform-postgres';
import { rebuildState, stateHash } from '@clearway/platform-shard';
import type { Pool } from 'pg';
import { compareReadModels, type RebuiltReadModel } from './compare-read-models';
import type { ServiceDefinition } from './service-definition';

/** What a rebuild found; one JSON object on standard output. */
export interface RebuildReport {
  readonly shard: string;
  /** Number of events that were replayed, from the first on, without any snapshot. */
  readonly nextEvent: number;
  /** SHA-256 of the rebuilt state's canonical bytes, in hex. */
  readonly stateHash: string;
  readonly seconds: number;
  readonly readModels: readonly RebuiltReadModel[];
}

/**
 * Rebuilds a service from its journal in this process, beside the one that serves: the state up to an event, from the first
 * event on and without snapshots, and its read models row by row in a scratch schema that is gone afterwards. It takes no
 * lease and writes nothing. `untilEvent` must be where a batch ends, as GetStateHash gives it.
 */
export async function rebuildService<State, Command, Event, Outcome, Output>(
  definition: ServiceDefinition<State, Command, Event, Outcome, Output>,
  untilEvent: number,
): Promise<RebuildReport> {
  const { name, settings, machine, codec } = definition;
  const url = settings.CLEARWAY_POSTGRES_OWNER_URL ?? settings.CLEARWAY_POSTGRES_URL;
  const pool: Pool = createPool(url, { max: 2, applicationName: `clearway-${name}-rebuild` });
  const startedAtMs = performance.now();
  try {
    const shard = `${name}/0`;
    const journal = new Journal(pool);
    const options = { journal, shardId: shard, machine, codec, usesSnapshots: false, untilEvent };
    const { state, position } = await rebuildState(options);
    const hash = stateHash(machine, state);
    const readModels = await compareReadModels(definition, { pool, journal, shard });
    const seconds = Math.round(performance.now() - startedAtMs) / 1_000;
    return { shard, nextEvent: position.nextEvent, stateHash: hash, seconds, readModels };
  } finally {
    await pool.end();
  }
}
