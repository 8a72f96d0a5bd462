import { Journal } from '@clearway/platform-journal';
import { createPool } from '@clearway/platform-postgres';
import { rebuildState, stateHash } from '@clearway/platform-shard';
import { shardIdOf } from '@clearway/platform-sharding';
import type { Pool } from 'pg';
import { compareReadModels, type RebuiltReadModel } from './compare-read-models';
import type { ServiceDefinition } from './service-definition';

/** A shard's state as it was rebuilt. */
export interface RebuiltShard {
  readonly shard: string;
  /** Number of events that were replayed, from the first on, without any snapshot. */
  readonly nextEvent: number;
  /** SHA-256 of the rebuilt state's canonical bytes, in hex. */
  readonly stateHash: string;
}

/** What a rebuild found; one JSON object on standard output. */
export interface RebuildReport {
  readonly shards: readonly RebuiltShard[];
  readonly seconds: number;
  /** Compared as a whole, with the rows of every shard of the service. */
  readonly readModels: readonly RebuiltReadModel[];
}

/** Up to where each shard is rebuilt, by its index; where a batch ends, as GetStateHash gives it. */
export type RebuildUntil = ReadonlyMap<number, number>;

/**
 * Reads `EVENT`, which is of shard 0, or `INDEX=EVENT…`.
 * @throws RangeError when it is neither
 */
export function parseRebuildUntil(words: readonly string[]): RebuildUntil {
  const until = words.map((word): [number, number] => {
    const [, index, event] = /^(?:(\d{1,2})=)?(\d{1,15})$/.exec(word) ?? [];
    if (event === undefined) throw new RangeError(`rebuild takes [SHARD=]EVENT…, not "${word}"`);
    return [Number(index ?? 0), Number(event)];
  });
  if (until.length === 0) throw new RangeError('rebuild takes [SHARD=]EVENT…');
  return new Map(until);
}

/**
 * Rebuilds a service from its journals in this process, beside those that serve: the states of shards up to an event, from the
 * first event on and without snapshots, and its read models row by row in a scratch schema that is gone afterwards. Read models
 * are tables of all shards, so they are rebuilt from all of them. It takes no lease and writes nothing.
 */
export async function rebuildService<State, Command, Event, Outcome, Output>(
  definition: ServiceDefinition<State, Command, Event, Outcome, Output>,
  until: RebuildUntil,
): Promise<RebuildReport> {
  const { name, settings, machine, codec } = definition;
  const url = settings.CLEARWAY_POSTGRES_OWNER_URL ?? settings.CLEARWAY_POSTGRES_URL;
  const pool: Pool = createPool(url, { max: 2, applicationName: `clearway-${name}-rebuild` });
  const startedAtMs = performance.now();
  try {
    const journal = new Journal(pool);
    const rebuilt: RebuiltShard[] = [];
    for (const [index, untilEvent] of until) {
      const shard = shardIdOf(name, index);
      const options = { journal, shardId: shard, machine, codec, usesSnapshots: false, untilEvent };
      const { state, position } = await rebuildState(options);
      rebuilt.push({ shard, nextEvent: position.nextEvent, stateHash: stateHash(machine, state) });
    }
    const shards = Array.from({ length: settings.CLEARWAY_SHARDS }, (_, index) => shardIdOf(name, index));
    const readModels = await compareReadModels(definition, { pool, journal, shards });
    const seconds = Math.round(performance.now() - startedAtMs) / 1_000;
    return { shards: rebuilt, seconds, readModels };
  } finally {
    await pool.end();
  }
}
