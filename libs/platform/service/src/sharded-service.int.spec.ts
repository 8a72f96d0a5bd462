import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { common, risk } from '@clearway/contracts';
import type { Machine } from '@clearway/kernel';
import { parseConfig, z } from '@clearway/platform-config';
import type { EventCodec } from '@clearway/platform-journal';
import { ensureDevelopmentPki, type TlsPaths } from '@clearway/platform-pki';
import {
  createDatabases,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import {
  createRpcClient,
  requireOwnAccount,
  rpcService,
  tlsFilesOf,
  type WireService,
} from '@clearway/platform-rpc';
import { routesOf, ShardDirectory, shardIndexOf } from '@clearway/platform-sharding';
import { metrics } from '@clearway/platform-telemetry';
import { feedService } from './feed.service';
import { invariantService } from './invariant.service';
import type { ServiceDefinition } from './service-definition';
import { serviceSettings } from './service-settings';
import { feedRoutes, invariantRoutes } from './shared-routes';
import { type RunningService, startService } from './start-service';

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const SHARDS = 2;
const SETTLED_TIMEOUT_MS = 20_000;

/** Counts the calls that each account has made. */
interface Counts {
  readonly byAccount: Map<string, number>;
}

const countMachine: Machine<Counts, string, string, number> = {
  name: 'counts',
  create: () => ({ byAccount: new Map() }),
  decide: (state, account, turn) => {
    turn.emit(account);
    return state.byAccount.get(account) ?? 0;
  },
  evolve: ({ byAccount }, account) => {
    byAccount.set(account, (byAccount.get(account) ?? 0) + 1);
  },
  rides: () => false,
  snapshot: ({ byAccount }) => [...byAccount].sort(),
  restore: (plain) => ({ byAccount: new Map(plain as [string, number][]) }),
};

const codec: EventCodec<string> = {
  type: () => 'Counted',
  encode: (event) => Buffer.from(event),
  decode: (_type, data) => Buffer.from(data).toString(),
};

/** A service with an account's shard behind every call, on the wire of risk: `openHolds` is the count. */
function definitionOf(
  env: Record<string, string | undefined>,
): ServiceDefinition<Counts, string, string, number> {
  return {
    name: 'counts',
    settings: parseConfig(z.object(serviceSettings), env),
    machine: countMachine,
    codec,
    migrations: [],
    readModels: [{ name: 'counted', apply: async () => undefined }],
    routes: [
      invariantRoutes,
      feedRoutes('counts'),
      routesOf(risk.RiskServiceService, {
        getAccountRisk: { target: ({ account }) => ({ key: account }) },
        getLimits: { target: () => 'every', merge: (answers) => answers[answers.length - 1]! },
      }),
    ],
    rpcServices: (core) => [
      feedService(core, { Subscribe: ['svc/audit'] }),
      invariantService(core, () => [], { CheckInvariants: ['operator/*'] }),
      rpcService({
        definition: risk.RiskServiceService,
        allow: { GetAccountRisk: ['participant/*'], GetLimits: ['operator/*'] },
        handlers: {
          getAccountRisk: async ({ account }, call) => {
            requireOwnAccount(call.caller, account);
            const openHolds = await core.submit(account, call);
            const { actor, address } = call.toCommandContext();
            const funds = [{ asset: core.shardId, total: actor, held: address, available: '' }];
            return { account, funds, frozen: false, blacklisted: false, openHolds };
          },
          getLimits: async () => ({ limits: undefined }),
        },
      }),
    ],
  };
}

type Meter = ReturnType<typeof metrics.getMeter>;

/** Counts who is asked when somebody scrapes, of the figures that a life of a shard has. */
class ShownFigures {
  private readonly open = new Map<string, Set<unknown>>();

  watch(): void {
    const meter = metrics.getMeter('clearway');
    const watched = (name: string, figure: ReturnType<Meter['createObservableGauge']>) => {
      const asked = this.open.get(name) ?? new Set();
      this.open.set(name, asked);
      return Object.assign(Object.create(figure) as typeof figure, {
        addCallback: (callback: unknown) => asked.add(callback),
        removeCallback: (callback: unknown) => asked.delete(callback),
      });
    };
    const watching: Meter = Object.assign(Object.create(meter) as Meter, {
      createObservableGauge: (name: string) => watched(name, meter.createObservableGauge(name)),
    });
    jest.spyOn(metrics, 'getMeter').mockReturnValue(watching);
  }

  counts(): Readonly<Record<string, number>> {
    const ofLives = [...this.open].filter(([name]) => /_(feed|invariant|read_model)_/.test(name));
    return Object.fromEntries(ofLives.map(([name, asked]) => [name, asked.size]));
  }
}

describe('a service of several shards', () => {
  let dir: string;
  let postgres: EmbeddedPostgres;
  let pki: ReadonlyMap<string, TlsPaths>;
  let environment: Record<string, string | undefined>;
  const services = new Map<string, RunningService>();
  const closing: { close(): void }[] = [];
  const shown = new ShownFigures();

  beforeAll(async () => {
    shown.watch();
    dir = await temporaryHome('clearway-sharded-');
    postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), log: SILENT });
    const passwords = { ownerPassword: 'owner', appPassword: 'app' };
    const [urls] = await createDatabases(postgres.url, [{ service: 'counts', ...passwords }]);
    pki = await ensureDevelopmentPki(join(dir, 'pki'), [
      { kind: 'service', name: 'counts' },
      { kind: 'service', name: 'risk' },
      { kind: 'operator', name: 'olivia' },
      { kind: 'participant', name: 'alice' },
    ]);
    const own = pki.get('spiffe://clearway/svc/counts') as TlsPaths;
    environment = {
      CLEARWAY_LISTEN: '127.0.0.1:0',
      CLEARWAY_SHARDS: String(SHARDS),
      CLEARWAY_POSTGRES_URL: urls?.appUrl,
      CLEARWAY_POSTGRES_OWNER_URL: urls?.ownerUrl,
      CLEARWAY_TLS_CA: own.ca,
      CLEARWAY_TLS_CERT: own.cert,
      CLEARWAY_TLS_KEY: own.key,
      CLEARWAY_LOG_LEVEL: 'silent',
    };
  }, 60_000);

  afterAll(async () => {
    jest.restoreAllMocks();
    for (const each of closing) each.close();
    for (const service of services.values()) await service.stop();
    await postgres?.stop();
    await rm(dir, { recursive: true, force: true });
  }, 60_000);

  async function start(instance: string): Promise<RunningService> {
    const service = await startService(definitionOf({ ...environment, CLEARWAY_INSTANCE: instance }));
    services.set(instance, service);
    return service;
  }

  function as<Service extends WireService>(subject: string, service: Service, { port }: RunningService) {
    const tls = tlsFilesOf(pki.get(`spiffe://clearway/${subject}`) as TlsPaths);
    const address = `127.0.0.1:${port}`;
    const client = createRpcClient({ service }, { address, tls, expect: 'svc/counts', log: SILENT });
    closing.push(client);
    return client;
  }

  /** Who serves each shard, by what a process says. */
  async function owners(service: RunningService): Promise<string[]> {
    const client = as('operator/olivia', common.ShardDirectoryServiceService, service);
    const { map } = await client.call('getShardMap', {});
    return (map?.shards ?? []).map(({ instance }) => instance);
  }

  async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
    const untilMs = Date.now() + SETTLED_TIMEOUT_MS;
    while (!(await isTrue())) {
      if (Date.now() > untilMs) throw new Error(`not within ${SETTLED_TIMEOUT_MS} ms: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  const accounts = Array.from({ length: 20 }, (_, number) => `alice.a${number}`);
  const counted = new Map<string, number>();

  /** Calls for every account, at one process; each must be answered with its own count, wherever its shard is. */
  async function countAll(service: RunningService): Promise<void> {
    const client = as('participant/alice', risk.RiskServiceService, service);
    for (const account of accounts) {
      const answer = await client.call('getAccountRisk', { account });
      const expected = (counted.get(account) ?? 0) + 1;
      counted.set(account, expected);
      expect([account, answer.openHolds]).toEqual([account, expected]);
      expect(answer.funds[0]?.asset).toBe(`counts/${shardIndexOf(account, SHARDS)}`);
      expect(answer.funds[0]?.total).toBe('spiffe://clearway/participant/alice');
    }
  }

  it('gives all shards to the first process, and calls find them', async () => {
    const one = await start('one');
    await until('one owns both', async () => (await owners(one)).join() === 'one,one');
    await countAll(one);
  }, 30_000);

  it('shows a shard that went and came again once, and nothing of its life before', async () => {
    const one = services.get('one')!;
    const before = shown.counts();
    expect(before).toEqual({
      clearway_feed_lag_events: SHARDS,
      clearway_invariant_holds: SHARDS,
      clearway_read_model_failures_in_row: SHARDS,
      clearway_read_model_lag_events: SHARDS,
    });
    const other = await start('other');
    await until('each owns one', async () => [...(await owners(one))].sort().join() === 'one,other');
    await other.stop();
    services.delete('other');
    await until('one owns both again', async () => (await owners(one)).join() === 'one,one');
    await countAll(one);
    expect(shown.counts()).toEqual(before);
  }, 60_000);

  it('moves a shard to the second process, while calls at either go on and none is lost or doubled', async () => {
    const one = services.get('one')!;
    const two = await start('two');
    let isMoving = true;
    const calling = (async () => {
      while (isMoving) {
        await countAll(one);
        await countAll(two);
      }
    })();
    await until('each owns one', async () => [...(await owners(one))].sort().join() === 'one,two');
    isMoving = false;
    await calling;
    await countAll(one);
    await countAll(two);
    expect(await owners(two)).toEqual(await owners(one));
  }, 60_000);

  it('keeps a third process as a standby that hands calls on, and lets it take over', async () => {
    const three = await start('three');
    await countAll(three);
    let isStopping = true;
    const calling = (async () => {
      while (isStopping) await countAll(three);
    })();
    const ownersBefore = await owners(three);
    expect([...ownersBefore].sort()).toEqual(['one', 'two']);
    await services.get('two')!.stop();
    services.delete('two');
    await until('three serves', async () => [...(await owners(three))].sort().join() === 'one,three');
    isStopping = false;
    await calling;
    await countAll(services.get('one')!);
  }, 60_000);

  it('refuses calls on behalf of others from anybody but itself, and names that it may not speak for', async () => {
    const one = services.get('one')!;
    const alice = { spiffeId: 'spiffe://clearway/participant/alice', address: '10.0.0.1:1', device: 'test' };
    const account = accounts[0]!;
    const foreign = as('svc/risk', risk.RiskServiceService, one);
    const call = (client: typeof foreign, onBehalfOf: typeof alice, shard: string) =>
      client.call('getAccountRisk', { account }, { onBehalfOf, shard });
    const shard = `counts/${shardIndexOf(account, SHARDS)}`;
    await expect(call(foreign, alice, shard)).rejects.toMatchObject({ reason: 'METHOD_NOT_ALLOWED' });
    const asAlice = as('participant/alice', risk.RiskServiceService, one);
    await expect(call(asAlice, alice, shard)).rejects.toMatchObject({ reason: 'METHOD_NOT_ALLOWED' });
    const own = as('svc/counts', risk.RiskServiceService, one);
    const operator = { ...alice, spiffeId: 'spiffe://clearway/operator/olivia' };
    await expect(call(own, operator, shard)).rejects.toMatchObject({ reason: 'METHOD_NOT_ALLOWED' });
    const nobody = { ...alice, spiffeId: 'spiffe://elsewhere/participant/alice' };
    await expect(call(own, nobody, shard)).rejects.toMatchObject({ reason: 'NO_IDENTITY' });
    const bob = { ...alice, spiffeId: 'spiffe://clearway/participant/bob' };
    const ownersNow = await owners(one);
    const mine = accounts.find((each) => ownersNow[shardIndexOf(each, SHARDS)] === 'one')!;
    const other = accounts.find((each) => ownersNow[shardIndexOf(each, SHARDS)] !== 'one')!;
    const at = (each: string) => `counts/${shardIndexOf(each, SHARDS)}`;
    await expect(
      own.call('getAccountRisk', { account: mine }, { onBehalfOf: bob, shard: at(mine) }),
    ).rejects.toMatchObject({ reason: 'NOT_YOUR_ACCOUNT' });
    await expect(
      own.call('getAccountRisk', { account: other }, { onBehalfOf: alice, shard: at(other) }),
    ).rejects.toMatchObject({ reason: 'NOT_OWNER', metadata: { shard: at(other) } });
  }, 30_000);

  it('tells callers of other services where shards are, also when the process that told them goes', async () => {
    const one = services.get('one')!;
    const tls = tlsFilesOf(pki.get('spiffe://clearway/svc/risk') as TlsPaths);
    const seeds = [{ host: '127.0.0.1', port: one.port }];
    const directory = new ShardDirectory({ service: 'counts', seeds, tls, log: SILENT });
    closing.push(directory);
    const { members } = await directory.whenKnown(5_000);
    expect(members.map(({ instance }) => instance)).toEqual(['one', 'three']);
    await one.stop();
    services.delete('one');
    await until(
      'three owns both',
      async () => directory.map?.owners.every((owner) => owner?.instance === 'three') === true,
    );
    await countAll(services.get('three')!);
  }, 60_000);

  it('does not start with another number of shards', async () => {
    const env = { ...environment, CLEARWAY_INSTANCE: 'four', CLEARWAY_SHARDS: '3' };
    await expect(startService(definitionOf(env))).rejects.toThrow(/CLEARWAY_SHARDS is 3.*with 2 shards/);
  });
});
