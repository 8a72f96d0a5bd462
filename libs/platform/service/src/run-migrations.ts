import {
  type Environment,
  loadConfig,
  logLevel,
  postgresUrl,
  withDefault,
  z,
} from '@clearway/platform-config';
import { type Migration, migrate } from '@clearway/platform-postgres';
import { createLogger } from '@clearway/platform-telemetry';
import { wholeSchema } from './service-parts';

const FAILED_EXIT_STATUS = 1;

const migrationSettings = z.object({
  CLEARWAY_POSTGRES_OWNER_URL: postgresUrl(),
  CLEARWAY_LOG_LEVEL: withDefault(logLevel(), 'info' as const),
});

/**
 * Migrates a service's schema and ends, for `migrate.ts`: the one process that needs the role which owns the schema, and
 * needs nothing else. Exit status 0 when the schema is up to date (a newer one is), 1 when a migration failed or the database
 * cannot be reached, 78 when a setting is wrong.
 */
export async function runMigrations(
  service: string,
  migrations: readonly Migration[],
  env: Environment,
): Promise<void> {
  const settings = loadConfig(migrationSettings, env);
  const log = createLogger({ service, level: settings.CLEARWAY_LOG_LEVEL });
  try {
    const schema = { url: settings.CLEARWAY_POSTGRES_OWNER_URL, migrations: wholeSchema(migrations) };
    const { applied, newer } = await migrate(schema);
    log.info({ applied, newer }, 'schema up to date');
  } catch (error) {
    // Only the message: pg hangs the whole client, keys included, on the error.
    log.fatal({ why: error instanceof Error ? error.message : String(error) }, 'the schema was not migrated');
    process.exitCode = FAILED_EXIT_STATUS;
  }
}
