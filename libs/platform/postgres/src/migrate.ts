import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { isSerializationError } from './postgres-errors';

/** One step of a schema's history. Once it has been applied anywhere, neither its id nor its SQL may change. */
export interface Migration {
  /**
   * For example `journal-0001-tables`; unique. What stands before the number names the history that it belongs to, and the
   * list's order is the order of applying within a history. Libraries and services thus grow their histories independently.
   */
  readonly id: string;
  /** Any number of statements; they run in one transaction, so nothing like CREATE INDEX CONCURRENTLY. */
  readonly sql: string;
}

/** What to migrate: the owner role's URL and the whole history, oldest first. */
export interface MigrateOptions {
  readonly url: string;
  readonly migrations: readonly Migration[];
}

/** What a run did. */
export interface MigrationReport {
  /** Ids that this run applied, in order. */
  readonly applied: readonly string[];
  /** Ids in the database that this program does not know: a newer version was here, which is allowed. */
  readonly newer: readonly string[];
}

/** Why a migration was refused: CHANGED, OUT_OF_ORDER and DUPLICATE_ID are mistakes in the code, FAILED is its SQL. */
export type MigrationErrorCode = 'CHANGED' | 'OUT_OF_ORDER' | 'DUPLICATE_ID' | 'FAILED';

/** The error of `migrate`; the database is as the last whole migration left it. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  readonly code: MigrationErrorCode;
  readonly migrationId: string;

  constructor(code: MigrationErrorCode, migrationId: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.migrationId = migrationId;
  }
}

interface AppliedRow {
  readonly id: string;
  readonly checksum: string;
}

const LOCK_KEY = 7_261_002;
/** What waits for a table's lock makes everybody behind it wait, so a migration steps back after this and tries again. */
const TABLE_LOCK_TIMEOUT_MS = 1_000;
const RETRY_DELAY_MS = 250;
/** A service at work lets a table go between its transactions, so many short tries find their moment. */
const TRIES_MAX = 60;
const LOCK_NOT_AVAILABLE = '55P03';
const CREATE_HISTORY = `
  CREATE TABLE IF NOT EXISTS schema_migrations (
    position integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`;

/**
 * Applies the migrations that the database lacks, forward only. Each runs in a transaction of its own under an advisory
 * lock and together with its entry in `schema_migrations`, so several services may start at once and a crash leaves
 * no half. One that meets a service at work, by a lock or a deadlock, steps back and tries again. There is no way down: undo by a new migration. A program older than the schema is let through, because old and
 * new run side by side during an upgrade.
 * @throws MigrationError; pg's errors when the database cannot be reached
 */
export async function migrate({ url, migrations }: MigrateOptions): Promise<MigrationReport> {
  refuseDuplicates(migrations);
  const client = new Client({ connectionString: url, application_name: 'clearway-migrate' });
  await client.connect();
  try {
    const applied: string[] = [];
    for (;;) {
      const step = await applyNextPatiently(client, migrations);
      if (step.appliedId === undefined) return { applied, newer: step.newer };
      applied.push(step.appliedId);
    }
  } finally {
    await client.end();
  }
}

/**
 * Names the migrations that the database lacks, in order, without changing anything: for a program that works as a role which
 * may not migrate. None is missing where a newer program was.
 * @throws pg's errors when the database cannot be reached
 */
export async function missingMigrations({ url, migrations }: MigrateOptions): Promise<readonly string[]> {
  const client = new Client({ connectionString: url, application_name: 'clearway-migrate' });
  await client.connect();
  try {
    const applied = new Set(await appliedIds(client));
    return migrations.map(({ id }) => id).filter((id) => !applied.has(id));
  } finally {
    await client.end();
  }
}

async function appliedIds(client: Client): Promise<readonly string[]> {
  if (!(await hasHistory(client))) return [];
  const { rows } = await client.query<{ id: string }>('SELECT id FROM schema_migrations');
  return rows.map(({ id }) => id);
}

function refuseDuplicates(migrations: readonly Migration[]): void {
  const seen = new Set<string>();
  for (const { id } of migrations) {
    if (seen.has(id)) throw new MigrationError('DUPLICATE_ID', id, `Two migrations have the id "${id}".`);
    seen.add(id);
  }
}

async function applyNextPatiently(
  client: Client,
  migrations: readonly Migration[],
): ReturnType<typeof applyNext> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await applyNext(client, migrations);
    } catch (error) {
      const cause = error instanceof MigrationError ? error.cause : undefined;
      const isLocked = (cause as { readonly code?: unknown } | undefined)?.code === LOCK_NOT_AVAILABLE;
      if (tries === TRIES_MAX || !(isLocked || isSerializationError(cause))) throw error;
      await sleep(RETRY_DELAY_MS);
    }
  }
}

async function applyNext(
  client: Client,
  migrations: readonly Migration[],
): Promise<{ appliedId?: string; newer: readonly string[] }> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK_KEY]);
    await createHistory(client);
    const { rows } = await client.query<AppliedRow>(
      'SELECT id, checksum FROM schema_migrations ORDER BY position',
    );
    const { next, newer } = compareHistory(rows, migrations);
    if (next !== undefined) await applyOne(client, next);
    await client.query('COMMIT');
    return next === undefined ? { newer } : { appliedId: next.id, newer };
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Looks first, since even CREATE TABLE IF NOT EXISTS needs a right that an app role lacks. */
async function createHistory(client: Client): Promise<void> {
  if (!(await hasHistory(client))) await client.query(CREATE_HISTORY);
}

async function hasHistory(client: Client): Promise<boolean> {
  const found = await client.query<{ name: string | null }>(
    `SELECT to_regclass('schema_migrations')::text AS name`,
  );
  return found.rows[0]?.name !== null;
}

/** Checks what was applied against what this program knows; gives the first migration that is missing. */
function compareHistory(
  rows: readonly AppliedRow[],
  migrations: readonly Migration[],
): { next: Migration | undefined; newer: readonly string[] } {
  const applied = new Map(rows.map((row) => [row.id, row.checksum]));
  const known = new Set(migrations.map(({ id }) => id));
  const newer = rows.map(({ id }) => id).filter((id) => !known.has(id));
  const missing = new Map<string, Migration>();
  for (const migration of migrations) {
    const history = historyOf(migration.id);
    const before = missing.get(history);
    const checksum = applied.get(migration.id);
    if (checksum === undefined) missing.set(history, before ?? migration);
    else if (checksum !== checksumOf(migration)) throw changed(migration.id);
    else if (before !== undefined) throw outOfOrder(before.id, migration.id);
  }
  for (const [history, { id }] of missing) {
    const later = newer.find((newerId) => historyOf(newerId) === history);
    if (later !== undefined) throw outOfOrder(id, later);
  }
  return { next: migrations.find(({ id }) => !applied.has(id)), newer };
}

/** `journal-` of `journal-0002-append-only`. */
function historyOf(id: string): string {
  const numberAt = id.search(/\d{4}/);
  return numberAt === -1 ? id : id.slice(0, numberAt);
}

function changed(id: string): MigrationError {
  return new MigrationError(
    'CHANGED',
    id,
    `Migration "${id}" was applied with other SQL than the program has now: restore it and write a new one.`,
  );
}

function outOfOrder(id: string, laterId: string): MigrationError {
  return new MigrationError(
    'OUT_OF_ORDER',
    id,
    `Migration "${id}" is missing in the database although "${laterId}" was applied after it: append, never insert.`,
  );
}

async function applyOne(client: Client, migration: Migration): Promise<void> {
  try {
    await client.query(`SET LOCAL lock_timeout = ${TABLE_LOCK_TIMEOUT_MS}`);
    await client.query(migration.sql);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationError('FAILED', migration.id, `Migration "${migration.id}" failed: ${reason}`, error);
  }
  const entry = [migration.id, checksumOf(migration)];
  await client.query('INSERT INTO schema_migrations (id, checksum) VALUES ($1, $2)', entry);
}

/** Line ends do not count, since a checkout on Windows may change them. */
function checksumOf({ sql }: Migration): string {
  return createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');
}

/**
 * Reads migrations from a folder of `.sql` files, ordered by name (`0001-journal.sql` gives the id `0001-journal`). The
 * compiler copies no `.sql` files into `dist`, so a service either points at its source folder or keeps its SQL in code.
 */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => ({ id: parse(name).name, sql: await readFile(join(folder, name), 'utf8') })),
  );
}
