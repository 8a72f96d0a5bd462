import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { common } from '@clearway/contracts';
import type { Machine } from '@clearway/kernel';
import { parseConfig, z } from '@clearway/platform-config';
import { ensureDevelopmentPki, type TlsPaths } from '@clearway/platform-pki';
import {
  createDatabases,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import { createRpcClient, type RpcClient, tlsFilesOf } from '@clearway/platform-rpc';
import { parseRebuildUntil, rebuildService } from './rebuild-service';
import type { ServiceCore } from './service-core';
import type { ServiceDefinition } from './service-definition';
import { serviceSettings } from './service-settings';
import { type RunningService, startService } from './start-service';

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

interface Tally {
  total: number;
}

const machine: Machine<Tally, number, number, number> = {
  name: 'tally',
  create: () => ({ total: 0 }),
  decide: (state, command, turn) => {
    turn.emit(command);
    return state.total;
  },
  evolve: (state, event) => {
    state.total += event;
  },
  rides: () => false,
  snapshot: (state) => ({ total: state.total }),
  restore: (plain) => ({ ...(plain as unknown as Tally) }),
};

let dir: string;
let postgres: EmbeddedPostgres;
let service: RunningService;
let cores: readonly ServiceCore<Tally, number, number, number>[];
let client: RpcClient<typeof common.StateServiceService>;
let definition: ServiceDefinition<Tally, number, number, number>;

beforeAll(async () => {
  dir = await temporaryHome('clearway-rebuild-');
  postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), log: SILENT });
  const passwords = { ownerPassword: 'owner', appPassword: 'app' };
  const [urls] = await createDatabases(postgres.url, [{ service: 'tally', ...passwords }]);
  const pki = await ensureDevelopmentPki(join(dir, 'pki'), [
    { kind: 'service', name: 'tally' },
    { kind: 'operator', name: 'olivia' },
  ]);
  const own = pki.get('spiffe://clearway/svc/tally') as TlsPaths;
  const settings = parseConfig(z.object(serviceSettings), {
    CLEARWAY_LISTEN: '127.0.0.1:0',
    CLEARWAY_INSTANCE: 'one',
    CLEARWAY_SHARDS: '2',
    CLEARWAY_POSTGRES_URL: urls?.appUrl,
    CLEARWAY_POSTGRES_OWNER_URL: urls?.ownerUrl,
    CLEARWAY_TLS_CA: own.ca,
    CLEARWAY_TLS_CERT: own.cert,
    CLEARWAY_TLS_KEY: own.key,
    CLEARWAY_LOG_LEVEL: 'silent',
  });
  definition = {
    name: 'tally',
    settings,
    machine,
    codec: {
      type: () => 'Added',
      encode: (event) => Buffer.from(String(event)),
      decode: (_type, data) => Number(Buffer.from(data).toString()),
    },
    migrations: [
      {
        id: 'tally-0001',
        sql: `CREATE TABLE added (shard text, event bigint, amount integer, at timestamptz DEFAULT clock_timestamp());`,
      },
    ],
    readModels: [
      {
        name: 'added',
        apply: async (events, database, shard) => {
          const sql = 'INSERT INTO added (shard, event, amount) VALUES ($1, $2, $3)';
          for (const { number, event } of events) await database.query(sql, [shard, number, event]);
        },
      },
    ],
    routes: [],
    rpcServices: (made) => {
      cores = [...(cores ?? []), made];
      return [];
    },
  };
  service = await startService(definition);
  await service.whenReady();
  const tls = tlsFilesOf(pki.get('spiffe://clearway/operator/olivia') as TlsPaths);
  const address = `127.0.0.1:${service.port}`;
  client = createRpcClient(common.StateServiceClient, { address, tls, expect: 'svc/tally', log: SILENT });
}, 60_000);

afterAll(async () => {
  client?.close();
  await service?.stop();
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function live(index = 0): Promise<{ nextEvent: number; stateHash: string }> {
  const { position, stateHash } = await client.call('getStateHash', {}, { shard: `tally/${index}` });
  return { nextEvent: position?.nextEvent ?? -1, stateHash };
}

async function add(index: number, amount: number): Promise<void> {
  const core = cores[index]!;
  await core.submitOwn(amount, 'test');
  await core.caughtUp('added');
}

it('comes to the live hash of each shard and the live rows of all, and leaves nothing behind', async () => {
  await Promise.all(cores.map((core) => core.shard.whenServing()));
  for (const amount of [1, 2, 3, 4]) await add(0, amount);
  for (const amount of [5, 6, 7]) await add(1, amount);
  const [first, second] = [await live(0), await live(1)];
  expect(first.stateHash).not.toBe(second.stateHash);
  // More comes while the rebuild is on its way: it ends where it was told to.
  await add(1, 8);
  const until = new Map([
    [0, first.nextEvent],
    [1, second.nextEvent],
  ]);
  const rebuilt = await rebuildService(definition, until);
  expect(rebuilt.shards).toEqual([
    { shard: 'tally/0', ...first },
    { shard: 'tally/1', ...second },
  ]);
  expect(rebuilt.readModels).toMatchObject([
    { name: 'added', tables: [{ table: 'added', missing: 0, surplus: 0 }] },
  ]);
  expect(rebuilt.readModels[0]?.tables[0]?.rows).toBeGreaterThanOrEqual(8);
  const schemas = `SELECT 1 FROM pg_namespace WHERE nspname = 'clearway_rebuild'`;
  expect((await cores[0]!.pool.query(schemas)).rows).toEqual([]);
  expect((await live(1)).stateHash).not.toBe(second.stateHash);
});

it('sees a live row of any shard that was changed, lost or put in', async () => {
  const { pool } = cores[1]!;
  const compared = async () =>
    (await rebuildService(definition, new Map([[1, (await live(1)).nextEvent]]))).readModels[0]?.tables[0];
  await pool.query('UPDATE added SET amount = 9 WHERE amount = 2');
  expect(await compared()).toMatchObject({ missing: 1, surplus: 1 });
  await pool.query('UPDATE added SET amount = 2 WHERE amount = 9');
  await pool.query('DELETE FROM added WHERE amount = 6');
  expect(await compared()).toMatchObject({ missing: 1, surplus: 0 });
  await pool.query(
    'INSERT INTO added (shard, event, amount) SELECT shard, event, amount FROM added WHERE amount = 4',
  );
  expect(await compared()).toMatchObject({ missing: 1, surplus: 1 });
});

it('is told which events of which shards', () => {
  expect([...parseRebuildUntil(['12'])]).toEqual([[0, 12]]);
  expect([...parseRebuildUntil(['0=12', '3=4'])]).toEqual([
    [0, 12],
    [3, 4],
  ]);
  for (const wrong of [[], ['x'], ['1=']]) expect(() => parseRebuildUntil(wrong)).toThrow(/SHARD/);
});
