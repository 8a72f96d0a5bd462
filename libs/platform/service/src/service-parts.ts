import { Journal, journalMigrations } from '@clearway/platform-journal';
import { createPool, type Migration, migrate } from '@clearway/platform-postgres';
import { projectionMigrations } from '@clearway/platform-projection';
import { shardingMigrations } from '@clearway/platform-sharding';
import type { Logger } from '@clearway/platform-telemetry';
import { startTelemetry, type Telemetry } from '@clearway/platform-telemetry';
import type { Pool } from 'pg';
import { awaitSchema } from './await-schema';
import type { ServiceDefinition } from './service-definition';
import type { ServiceSettings } from './service-settings';

type AnyDefinition = Pick<
  ServiceDefinition<never, never, never, never, never>,
  'name' | 'settings' | 'migrations'
>;

/** The clock of every journal: microseconds since the epoch. */
export const clockMicros = (): number => Date.now() * 1_000;

/** Starts tracing and metrics as the settings say. */
export function openTelemetry(service: string, settings: ServiceSettings, log: Logger): Promise<Telemetry> {
  const { CLEARWAY_OTLP_ENDPOINT: otlpEndpoint, CLEARWAY_METRICS_LISTEN: metricsListen } = settings;
  return startTelemetry({
    service,
    log: { warn: (message) => log.warn({}, message) },
    samplingRatio: settings.CLEARWAY_TRACE_SAMPLING_RATIO,
    ...(otlpEndpoint === undefined ? {} : { otlpEndpoint }),
    ...(metricsListen === undefined ? {} : { metricsListen }),
  });
}

/** The whole schema of a service: the journal's tables, the cursors of read models, and the service's own. */
export function wholeSchema(migrations: readonly Migration[]): readonly Migration[] {
  return [...journalMigrations, ...projectionMigrations, ...shardingMigrations, ...migrations];
}

/**
 * Brings the schema up to date when the owner's URL is set. Otherwise somebody else does, perhaps at this very moment: it waits
 * until nothing is missing.
 * @throws SchemaBehindError when something still is after a minute
 */
export async function migrateSchema({ settings, migrations }: AnyDefinition, log: Logger): Promise<void> {
  const url = settings.CLEARWAY_POSTGRES_OWNER_URL;
  const schema = wholeSchema(migrations);
  if (url === undefined) return awaitSchema({ url: settings.CLEARWAY_POSTGRES_URL, migrations: schema }, log);
  const { applied } = await migrate({ url, migrations: schema });
  if (applied.length > 0) log.info({ applied }, 'schema migrated');
}

/** Opens the pool of the role that the service works as. */
export function openPool({ name, settings }: AnyDefinition, log: Logger): Pool {
  return createPool(settings.CLEARWAY_POSTGRES_URL, {
    max: settings.CLEARWAY_POSTGRES_POOL_SIZE_MAX,
    applicationName: `clearway-${name}`,
    // Only the message: pg hangs the whole client, keys included, on the error.
    onConnectionLost: ({ message }) => log.warn({ why: message }, 'a database connection broke'),
  });
}

/** The journal behind the pool. */
export function openJournal(pool: Pool): Journal {
  return new Journal(pool);
}
