import { decodeEvents, type EventCodec, type Journal } from '@clearway/platform-journal';
import type { Pool, PoolClient } from 'pg';
import type { ReadModel, ServiceDefinition } from './service-definition';

/** A table of read models beside its rebuilt twin. */
export interface ComparedTable {
  readonly table: string;
  /** Rows of the rebuilt one. */
  readonly rows: number;
  /** Rebuilt rows that the live table does not have, or has otherwise. */
  readonly missing: number;
  /** Live rows that the rebuilt table does not have, or has otherwise. */
  readonly surplus: number;
}

/** The read models of a service, rebuilt up to where their live cursors stand. */
export interface RebuiltReadModel {
  readonly name: string;
  /** Events of all shards that went into it. */
  readonly nextEvent: number;
  readonly tables: readonly ComparedTable[];
}

/** Where a rebuild reads from. */
export interface RebuildSource {
  readonly pool: Pool;
  readonly journal: Pick<Journal, 'readBatches'>;
  /** Every shard of the service. */
  readonly shards: readonly string[];
}

const SCRATCH = 'clearway_rebuild';
const READ_BATCHES_MAX = 64;

type Parts<Event> = Pick<
  ServiceDefinition<unknown, unknown, Event, unknown, unknown>,
  'migrations' | 'readModels' | 'ownReadModels'
> & { readonly codec: EventCodec<Event> };

/**
 * Builds every read model anew in a scratch schema and compares it with the live tables row by row. All of it is one
 * transaction that sees the live tables and their cursors as of one moment and is rolled back: nobody else ever
 * sees the scratch schema. It needs the role that owns the schema.
 */
export async function compareReadModels<Event>(
  definition: Parts<Event>,
  source: RebuildSource,
): Promise<RebuiltReadModel[]> {
  const readModels = [...(definition.readModels ?? []), ...(definition.ownReadModels ?? [])];
  const compared: RebuiltReadModel[] = [];
  for (const readModel of readModels) compared.push(await compareOne(definition, readModel, source));
  return compared;
}

async function compareOne<Event>(
  definition: Parts<Event>,
  readModel: ReadModel<Event>,
  source: RebuildSource,
): Promise<RebuiltReadModel> {
  const client = await source.pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const cursors = new Map<string, number>();
    for (const shard of source.shards) cursors.set(shard, await liveCursor(client, readModel.name, shard));
    await client.query(`CREATE SCHEMA ${SCRATCH}`);
    await client.query(`SET LOCAL search_path = ${SCRATCH}`);
    for (const { sql } of definition.migrations) await client.query(sql);
    if (readModel.scratchSql !== undefined) await client.query(readModel.scratchSql);
    for (const shard of cursors) await applyAll(definition.codec, readModel, source.journal, shard, client);
    const tables = await compareTables(client, readModel.comparedAs ?? {});
    const nextEvent = [...cursors.values()].reduce((sum, cursor) => sum + cursor, 0);
    return { name: readModel.name, nextEvent, tables };
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

async function liveCursor(client: PoolClient, name: string, shard: string): Promise<number> {
  const sql = 'SELECT next_event FROM projection_cursors WHERE name = $1 AND shard = $2';
  const { rows } = await client.query<{ next_event: string }>(sql, [name, shard]);
  return Number(rows[0]?.next_event ?? 0);
}

async function applyAll<Event>(
  codec: EventCodec<Event>,
  { apply, types }: ReadModel<Event>,
  journal: RebuildSource['journal'],
  [shard, untilEvent]: readonly [shard: string, untilEvent: number],
  client: PoolClient,
): Promise<void> {
  for (let nextEvent = 0; nextEvent < untilEvent; ) {
    const batches = await journal.readBatches(shard, nextEvent, READ_BATCHES_MAX);
    if (batches.length === 0) throw new Error(`${shard} ends at event ${nextEvent}, before ${untilEvent}`);
    const events = batches.flatMap((batch) => decodeEvents(batch, codec, 0, types));
    await apply(
      events.filter(({ number }) => number < untilEvent),
      client,
      shard,
    );
    const last = batches.at(-1)!;
    nextEvent = last.firstEvent + last.eventCount;
  }
}

const TABLES = `
  SELECT relname AS name FROM pg_class
  WHERE relnamespace = '${SCRATCH}'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
  ORDER BY relname`;

/** What a clock or a counter fills in differs by nature. */
const COLUMNS = `
  SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) AS names
  FROM information_schema.columns
  WHERE table_schema = '${SCRATCH}' AND table_name = $1 AND is_identity = 'NO'
    AND coalesce(column_default, '') !~ '(clock_timestamp|now|nextval)\\('`;

async function compareTables(
  client: PoolClient,
  comparedAs: NonNullable<ReadModel<unknown>['comparedAs']>,
): Promise<ComparedTable[]> {
  const { rows } = await client.query<{ name: string }>(TABLES);
  const tables: ComparedTable[] = [];
  for (const { name } of rows) {
    const rowsOf = comparedAs[name] ?? (await allColumns(client, name));
    const table = client.escapeIdentifier(name);
    const [live, rebuilt] = [rowsOf(`public.${table}`), rowsOf(`${SCRATCH}.${table}`)];
    tables.push({
      table: name,
      rows: await countOf(client, rebuilt),
      missing: await countOf(client, `(${rebuilt}) EXCEPT ALL (${live})`),
      surplus: await countOf(client, `(${live}) EXCEPT ALL (${rebuilt})`),
    });
  }
  return tables;
}

async function allColumns(client: PoolClient, table: string): Promise<(from: string) => string> {
  const { rows } = await client.query<{ names: string }>(COLUMNS, [table]);
  return (from) => `SELECT ${rows[0]?.names} FROM ${from}`;
}

async function countOf(client: PoolClient, query: string): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    `SELECT count(*) AS count FROM (${query}) AS counted`,
  );
  return Number(rows[0]?.count ?? 0);
}
