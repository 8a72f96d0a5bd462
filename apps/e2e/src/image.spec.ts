import { chownSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres, temporaryHome } from '@clearway/platform-postgres';
import { Child, type ChildExit, freePorts, Peer, SERVICES, type ServiceName, until } from '@clearway/testing';
import { parse } from 'yaml';
import { CHECKOUT_DIR } from './config';
import { assembleImageRoot, containerOf, IMAGE_USER, STATE_DIR } from './image-root';
import { openMarket, order, place, SIDE_SELL } from './market';

interface ComposeService {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
}

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const COMPOSE_FILE = join(CHECKOUT_DIR, 'deploy', 'compose', 'compose.yaml');
const COMPOSE: Readonly<Record<string, ComposeService>> = parse(readFileSync(COMPOSE_FILE, 'utf8'), {
  merge: true,
}).services;
const PORT_IN_COMPOSE: Readonly<Record<ServiceName, number>> = {
  trading: 7001,
  risk: 7002,
  clearing: 7003,
  audit: 7004,
};
const isRoot = process.getuid?.() === 0;
jest.setTimeout(240_000);

if (!isRoot)
  process.stdout.write('image: not run, because only root may mount a read-only root file system\n');

const itAsRoot = isRoot ? it : it.skip;

/** What `docker compose up` does, with the compose file's own commands and settings, but for where things listen. */
describe('the image, laid out by its own script, read-only and without rights', () => {
  let dir: string;
  let rootDir: string;
  let postgres: EmbeddedPostgres;
  let ports: readonly number[];
  let operator: Peer;
  const children: Child[] = [];
  const peers: Peer[] = [];

  beforeAll(async () => {
    if (!isRoot) return;
    dir = await temporaryHome('clearway-image-');
    rootDir = join(dir, 'root');
    mkdirSync(join(dir, 'state'));
    chownSync(join(dir, 'state'), IMAGE_USER, IMAGE_USER);
    assembleImageRoot(rootDir);
    postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), log: SILENT });
    // For each service a port for calls, one for health and one for metrics.
    ports = await freePorts(SERVICES.length * 3);
  });

  afterAll(async () => {
    for (const peer of peers) peer.close();
    await Promise.all(children.map((child) => child.kill()));
    await postgres?.stop();
    if (isRoot) rmSync(dir, { recursive: true, force: true });
  });

  const portOf = (name: ServiceName): number => ports[SERVICES.indexOf(name)] ?? 0;
  const healthPortOf = (name: ServiceName): number => ports[SERVICES.length + SERVICES.indexOf(name)] ?? 0;
  const metricsPortOf = (name: ServiceName): number =>
    ports[SERVICES.length * 2 + SERVICES.indexOf(name)] ?? 0;

  /** Puts this machine's addresses in the place of the compose network's; everything else stays as it is written. */
  function here(text: string): string {
    const { host } = new URL(postgres.url);
    return SERVICES.reduce(
      (moved, name) => moved.replaceAll(`${name}:${PORT_IN_COMPOSE[name]}`, `127.0.0.1:${portOf(name)}`),
      text.replaceAll('postgres:5432', host),
    );
  }

  function container(name: string, settings: Readonly<Record<string, string | undefined>> = {}): Child {
    const { command, environment = {}, volumes = [] } = COMPOSE[name] ?? fail(`compose has no ${name}`);
    const env = Object.fromEntries(
      Object.entries({ ...environment, ...settings }).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, here(value)]],
      ),
    );
    const mayWriteState = volumes.includes(`state:${STATE_DIR}`);
    const plan = { name, command, env, stateDir: join(dir, 'state'), mayWriteState };
    const child = new Child(containerOf(rootDir, plan));
    children.push(child);
    return child;
  }

  async function run(child: Child): Promise<ChildExit & { readonly lines: readonly string[] }> {
    child.start();
    const exit = await child.exited;
    return { ...exit, lines: child.lines };
  }

  function runNode(...command: readonly string[]): ReturnType<typeof run> {
    const plan = { name: 'node', command, env: {}, stateDir: join(dir, 'state'), mayWriteState: false };
    const child = new Child(containerOf(rootDir, plan));
    children.push(child);
    return run(child);
  }

  itAsRoot('can write nowhere and is nobody', async () => {
    const look = `
      const { writeFileSync } = require('node:fs');
      const tries = ['/app/x', '/tmp/x', '/var/lib/clearway/x', '/x'].map((file) => {
        try { writeFileSync(file, ''); return 'written'; } catch ({ code }) { return code; }
      });
      console.log(JSON.stringify([process.getuid(), process.getgid(), ...tries]));`;
    const { lines } = await runNode('-e', look);
    expect(JSON.parse(lines.join(''))).toEqual([IMAGE_USER, IMAGE_USER, ...Array(4).fill('EROFS')]);
  });

  itAsRoot('makes certificates and databases', async () => {
    expect(await run(container('certificates'))).toMatchObject({ code: 0 });
    const admin = { CLEARWAY_POSTGRES_ADMIN_URL: postgres.url };
    expect(await run(container('provision', admin))).toMatchObject({
      code: 0,
      lines: ['clearway_trading, clearway_risk, clearway_clearing, clearway_audit: ready'],
    });
  });

  itAsRoot('refuses a URL that names another role than the service’s own', async () => {
    const asAdmin = (COMPOSE.provision?.environment?.CLEARWAY_TRADING_APP_URL ?? '').replace(
      '_app:',
      '_owner:',
    );
    const settings = { CLEARWAY_POSTGRES_ADMIN_URL: postgres.url, CLEARWAY_TRADING_APP_URL: here(asAdmin) };
    const { code, lines } = await run(container('provision', settings));
    expect([code, lines.join('\n')]).toEqual([1, expect.stringContaining('clearway_trading_app:PASSWORD@')]);
    expect(lines.join('\n')).not.toContain('clearway-compose');
  });

  itAsRoot('starts every service, which waits for its migrations', async () => {
    await Promise.all(children.map((child) => child.kill()));
    for (const name of SERVICES) {
      container(name, {
        CLEARWAY_LISTEN: `127.0.0.1:${portOf(name)}`,
        CLEARWAY_HEALTH_LISTEN: `127.0.0.1:${healthPortOf(name)}`,
        CLEARWAY_METRICS_LISTEN: `127.0.0.1:${metricsPortOf(name)}`,
        CLEARWAY_OTLP_ENDPOINT: undefined,
        CLEARWAY_REDIS_URL: undefined,
        CLEARWAY_POSTGRES_OWNER_URL: undefined,
      }).start();
    }
    const services = children.slice(-SERVICES.length);
    await Promise.all(services.map((child) => child.line(/waiting for the schema/, { timeoutMs: 20_000 })));
    for (const name of SERVICES) {
      const owner = here(COMPOSE[name]?.environment?.CLEARWAY_POSTGRES_OWNER_URL ?? '');
      const plan = {
        name: `migrate-${name}`,
        command: [`apps/${name}/dist/migrate.js`],
        env: { CLEARWAY_POSTGRES_OWNER_URL: owner },
        stateDir: join(dir, 'state'),
        mayWriteState: false,
      };
      const job = new Child(containerOf(rootDir, plan));
      children.push(job);
      expect(await run(job)).toMatchObject({ code: 0 });
    }
    for (const name of SERVICES) {
      const health = ['apps/provision/dist/main.js', 'health', `127.0.0.1:${healthPortOf(name)}`];
      expect(COMPOSE[name]).toMatchObject({
        healthcheck: { test: expect.arrayContaining(health.slice(0, 2)) },
      });
      const isHealthy = async () => (await runNode(...health)).code === 0;
      await until(`${name} to be healthy`, isHealthy, { timeoutMs: 30_000 });
    }
  });

  itAsRoot('trades', async () => {
    const tlsOf = (file: string) => {
      const at = (name: string): string => join(dir, 'state', 'pki', name);
      return { caPath: at('ca.crt'), certPath: at(`${file}.crt`), keyPath: at(`${file}.key`) };
    };
    const connect = (file: string): Peer => {
      const peer = new Peer((name) => `127.0.0.1:${portOf(name)}`, tlsOf(file));
      peers.push(peer);
      return peer;
    };
    operator = connect('operator-admin');
    await openMarket(operator, ['alice', 'bob']);
    await place(connect('participant-alice'), order('alice', { side: SIDE_SELL }));
    expect(await place(connect('participant-bob'), order('bob'))).toMatchObject({
      status: 'FILLED',
      cum: '10',
    });
    const { checkpoint } = await operator.audit.call('getCheckpoint', {});
    expect(checkpoint).toContain('clearway.example/audit/0');
  });

  itAsRoot('stops within the grace that compose and Kubernetes give', async () => {
    const running = children.filter((child) => child.isRunning);
    expect(running.map(({ plan }) => plan.name)).toEqual(SERVICES);
    const exits = await Promise.all(running.map((child) => child.stop('SIGTERM', 15_000)));
    expect(exits).toEqual(running.map(() => ({ code: 0, signal: null })));
  });
});

function fail(message: string): never {
  throw new Error(message);
}
