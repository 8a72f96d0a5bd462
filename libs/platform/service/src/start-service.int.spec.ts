import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { common, journal } from '@clearway/contracts';
import { invariant, type Machine } from '@clearway/kernel';
import { parseConfig, z } from '@clearway/platform-config';
import type { EventCodec } from '@clearway/platform-journal';
import { ensureDevelopmentPki, type TlsPaths } from '@clearway/platform-pki';
import {
  createDatabases,
  type EmbeddedPostgres,
  migrate,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import { createRpcClient, tlsFilesOf, type WireService } from '@clearway/platform-rpc';
import { awaitSchema } from './await-schema';
import { feedService } from './feed.service';
import { invariantService } from './invariant.service';
import type { ServiceCore } from './service-core';
import type { ServiceDefinition } from './service-definition';
import { wholeSchema } from './service-parts';
import { type ServiceSettings, serviceSettings } from './service-settings';
import { drainTimeoutMs, type RunningService, startService } from './start-service';

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Adds up whole numbers. */
interface Tally {
  total: number;
}

const tallyMachine: Machine<Tally, number, number, number> = {
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

const codec: EventCodec<number> = {
  type: () => 'Added',
  encode: (event) => Buffer.from(String(event)),
  decode: (_type, data) => Number(Buffer.from(data).toString()),
};

const TALLY_MIGRATIONS = [{ id: 'tally-0001', sql: 'CREATE TABLE tally (total integer)' }];

describe('startService', () => {
  let dir: string;
  let postgres: EmbeddedPostgres;
  let pki: ReadonlyMap<string, TlsPaths>;
  let environment: Record<string, string | undefined>;
  let core: ServiceCore<Tally, number, number, number>;
  let stopped: string[];
  const services: RunningService[] = [];
  const clients: { close(): void }[] = [];

  beforeAll(async () => {
    dir = await temporaryHome('clearway-service-');
    postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), log: SILENT });
    const passwords = { ownerPassword: 'owner', appPassword: 'app' };
    const [urls] = await createDatabases(postgres.url, [{ service: 'tally', ...passwords }]);
    pki = await ensureDevelopmentPki(join(dir, 'pki'), [
      { kind: 'service', name: 'tally' },
      { kind: 'service', name: 'audit' },
      { kind: 'operator', name: 'olivia' },
    ]);
    const own = pki.get('spiffe://clearway/svc/tally') as TlsPaths;
    environment = {
      CLEARWAY_LISTEN: '127.0.0.1:0',
      CLEARWAY_POSTGRES_URL: urls?.appUrl,
      CLEARWAY_POSTGRES_OWNER_URL: urls?.ownerUrl,
      CLEARWAY_TLS_CA: own.ca,
      CLEARWAY_TLS_CERT: own.cert,
      CLEARWAY_TLS_KEY: own.key,
      CLEARWAY_LOG_LEVEL: 'silent',
    };
  }, 60_000);

  beforeEach(() => {
    stopped = [];
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const service of services.splice(0)) await service.stop();
  });

  afterAll(async () => {
    await postgres?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  async function start(instance: string, changes: Record<string, string> = {}): Promise<RunningService> {
    const env = { ...environment, CLEARWAY_INSTANCE: instance, ...changes };
    const service = await startService(definitionOf(parseConfig(z.object(serviceSettings), env)));
    services.push(service);
    return service;
  }

  function definitionOf(settings: ServiceSettings): ServiceDefinition<Tally, number, number, number> {
    return {
      name: 'tally',
      settings,
      machine: tallyMachine,
      codec,
      migrations: TALLY_MIGRATIONS,
      rpcServices: (made) => {
        core = made;
        const check = ({ total }: Tally) => [invariant('total-is-even', total % 2 === 0 ? [] : [`${total}`])];
        return [
          invariantService(made, check, { CheckInvariants: ['operator/*'] }),
          feedService(made, { Subscribe: ['svc/audit'] }),
        ];
      },
      started: async ({ pool }) => {
        await pool.query('SELECT total FROM tally');
        return ['first', 'second'].map((name) => ({ stop: () => void stopped.push(name) }));
      },
      sagaCounts: ({ total }) => ({ live: total, parked: 0 }),
    };
  }

  function as<Service extends WireService>(subject: string, service: Service, { port }: RunningService) {
    const tls = tlsFilesOf(pki.get(`spiffe://clearway/${subject}`) as TlsPaths);
    const address = `127.0.0.1:${port}`;
    const client = createRpcClient({ service }, { address, tls, expect: 'svc/tally', log: SILENT });
    clients.push(client);
    return client;
  }

  it('serves durable state with its position, and stops in reverse order', async () => {
    const service = await start('one');
    await service.whenReady();
    expect(await core.submitOwn(3, 'test')).toBe(3);
    const invariants = as('operator/olivia', common.InvariantServiceService, service);
    const { position, results } = await invariants.call('checkInvariants', {});
    expect(results).toEqual([{ name: 'total-is-even', holds: false, detail: '3' }]);
    expect(position).toMatchObject({ shard: 'tally/0', liveSagas: 3, parkedSagas: 0 });
    expect(position?.nextEvent).toBeGreaterThan(0);
    await service.stop();
    expect(stopped).toEqual(['second', 'first']);
  });

  it('streams the feed, and says why it does not', async () => {
    const service = await start('one');
    await service.whenReady();
    await core.submitOwn(1, 'test');
    const audit = as('svc/audit', journal.FeedServiceService, service);
    for await (const batch of audit.stream('subscribe', { shard: 'tally/0', fromEvent: 0 })) {
      expect(batch).toMatchObject({ shard: 'tally/0', firstEvent: 0 });
      break;
    }
    const failing = async (shard: string, fromEvent: number) => {
      for await (const _ of audit.stream('subscribe', { shard, fromEvent })) break;
    };
    await expect(failing('other/0', 0)).rejects.toMatchObject({ reason: 'UNKNOWN_SHARD' });
    await expect(failing('tally/0', 1_000_000)).rejects.toMatchObject({ reason: 'EVENT_BEYOND_HEAD' });
  });

  it('stands by while another process has the shard, and can stop then', async () => {
    const owner = await start('one');
    await owner.whenReady();
    const standby = await start('two');
    const invariants = as('operator/olivia', common.InvariantServiceService, standby);
    await expect(invariants.call('checkInvariants', {})).rejects.toMatchObject({ reason: 'NOT_READY' });
    await standby.stop();
    const third = await start('three');
    await owner.stop();
    await third.whenReady();
  });

  it('tells of the error after which it must not go on', async () => {
    const robbed = await start('one');
    await robbed.whenReady();
    const thief = await start('one');
    await thief.whenReady();
    expect((await robbed.fatal).message).toContain('taken by another owner');
  });

  it('waits for a schema that somebody else migrates, and needs no owner then', async () => {
    const passwords = { ownerPassword: 'owner', appPassword: 'app' };
    const [late] = await createDatabases(postgres.url, [{ service: 'late', ...passwords }]);
    const changes = { CLEARWAY_POSTGRES_URL: late?.appUrl ?? '', CLEARWAY_POSTGRES_OWNER_URL: '' };
    const starting = start('one', changes);
    const isStarted = await Promise.race([starting.then(() => true), sleep(700).then(() => false)]);
    expect(isStarted).toBe(false);
    await migrate({ url: late?.ownerUrl ?? '', migrations: wholeSchema(TALLY_MIGRATIONS) });
    await (await starting).whenReady();
  });

  it('gives up on a schema that nobody migrates, and names what is missing', async () => {
    const passwords = { ownerPassword: 'owner', appPassword: 'app' };
    const [never] = await createDatabases(postgres.url, [{ service: 'never', ...passwords }]);
    const schema = { url: never?.appUrl ?? '', migrations: wholeSchema(TALLY_MIGRATIONS) };
    await expect(awaitSchema(schema, SILENT, 0)).rejects.toMatchObject({
      name: 'SchemaBehindError',
      missing: expect.arrayContaining(['journal-0001-tables', 'tally-0001']),
    });
  });

  it('leaves nothing open when it cannot start', async () => {
    const service = await start('one');
    await expect(start('two', { CLEARWAY_LISTEN: `127.0.0.1:${service.port}` })).rejects.toThrow();
  });
});

it.each([
  [0, 2_500],
  [1_500, 2_500],
  [2_600, 1_400],
  [3_900, 500],
  [4_900, 500],
])('leaves calls what handing over for %i ms has left: %i ms', (handedOverMs, timeoutMs) => {
  expect(drainTimeoutMs(handedOverMs)).toBe(timeoutMs);
});
