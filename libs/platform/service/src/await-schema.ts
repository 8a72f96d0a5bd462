import { setTimeout as sleep } from 'node:timers/promises';
import { type MigrateOptions, missingMigrations } from '@clearway/platform-postgres';

/** How long a service waits for somebody else to migrate before it gives up and is started again. */
export const AWAIT_SCHEMA_TIMEOUT_MS = 60_000;

const POLL_INTERVAL_MS = 500;

/** The log that a waiting service writes to. */
export interface AwaitSchemaLog {
  info(details: object, message: string): void;
}

/** The database is older than the program, and nobody has migrated it in time. */
export class SchemaBehindError extends Error {
  override readonly name = 'SchemaBehindError';

  constructor(readonly missing: readonly string[]) {
    super(`The schema lacks ${missing.join(', ')}: run this service's migrations as the role that owns it.`);
  }
}

/**
 * Waits until the database has every migration that the program knows. A service that may not migrate starts beside the job
 * that does, and the wrong order of the two must cost seconds, not errors on missing tables.
 * @throws SchemaBehindError after `timeoutMs`; pg's errors when the database cannot be reached
 */
export async function awaitSchema(
  schema: MigrateOptions,
  log: AwaitSchemaLog,
  timeoutMs = AWAIT_SCHEMA_TIMEOUT_MS,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let isTold = false;
  for (;;) {
    const missing = await missingMigrations(schema);
    if (missing.length === 0) return;
    if (performance.now() >= deadline) throw new SchemaBehindError(missing);
    if (!isTold) log.info({ missing }, 'waiting for the schema');
    isTold = true;
    await sleep(POLL_INTERVAL_MS);
  }
}
