import { spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, issueCertificate } from '@clearway/platform-pki';
import { LastValues, RedisLink, SharedRateLimits, SharedRevocations } from '@clearway/platform-redis';
import { SharedMarks } from '@clearway/platform-rpc';
import { Child, freePorts, until } from '@clearway/testing';
import { environmentOf } from './environment';
import { type Container, readGolden, workloadsOf } from './manifest';

const SILENT = { info: () => undefined, warn: () => undefined };
const MANIFESTS = readGolden('dev');
const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
const isTried = hasRedis || process.env.CLEARWAY_REQUIRE_REDIS === '1';
const whenRedis = isTried ? it : it.skip;
if (!isTried) process.stdout.write('Skipped: the overlay’s Redis needs redis-server on the PATH.\n');

function containerOf(title: string): Container {
  const [container] = workloadsOf(MANIFESTS).find((each) => each.title === title)?.pod.containers ?? [];
  if (container === undefined) throw new Error(`no container of ${title}`);
  return container;
}

function secretOf(name: string, key: string): string {
  const { data = {} } = MANIFESTS.find((each) => each.kind === 'Secret' && each.metadata.name === name) ?? {};
  return Buffer.from(data[key] ?? '', 'base64').toString('utf8');
}

/** The Redis of the overlay `dev`, as it is rendered there: its command, its users, TLS; and services' settings for it. */
let dir = '';
let port = 0;
let redis: Child | undefined;
const closing: { close(): void }[] = [];
const here = (text: string): string =>
  text.replace(/^\/var\/run\/redis\/(?:tls|users)/, dir).replace(/^6379$/, String(port));

beforeAll(async () => {
  if (!isTried) return;
  dir = await mkdtemp(join(tmpdir(), 'clearway-overlay-redis-'));
  [port = 0] = await freePorts(1);
  await writeCertificates();
  await writeFile(join(dir, 'users.acl'), secretOf('redis-users', 'users.acl'));
  const { args = [] } = containerOf('Deployment/redis');
  const env = { PATH: process.env.PATH ?? '' };
  const started = new Child({ name: 'redis', command: 'redis-server', args: args.map(here), env, cwd: dir });
  redis = started;
  started.start();
  await until('its probe to succeed', () => probe() === 'PONG\n');
});

afterEach(() => {
  for (const each of closing.splice(0)) each.close();
});

afterAll(async () => {
  await redis?.kill();
  if (dir !== '') await rm(dir, { recursive: true, force: true });
});

async function writeCertificates(): Promise<void> {
  const authority = await createAuthority();
  const { certificatePem, privateKeyPem } = await issueCertificate(authority, {
    spiffeId: 'spiffe://clearway/svc/redis',
    commonName: 'redis',
    dnsNames: ['redis'],
    ipAddresses: ['127.0.0.1'],
    days: 1,
  });
  await writeFile(join(dir, 'ca.crt'), authority.certificatePem);
  await writeFile(join(dir, 'tls.crt'), certificatePem);
  await writeFile(join(dir, 'tls.key'), privateKeyPem);
}

/** The readiness probe of the overlay, on this machine's port. */
function probe(): string {
  const [program = '', ...args] = containerOf('Deployment/redis').readinessProbe?.exec?.command ?? [];
  return spawnSync(program, ['-p', String(port), ...args.map(here)], { encoding: 'utf8' }).stdout;
}

/** A link with the settings of a service of the overlay. */
function link(changes: { password?: string; caPath?: string } = {}): RedisLink {
  const env = environmentOf(containerOf('StatefulSet/trading'), MANIFESTS, {
    podName: 'trading-0',
    secretOf,
  });
  expect(env.CLEARWAY_REDIS_CA).toBe('/var/run/clearway/tls/ca.crt');
  const url = new URL(env.CLEARWAY_REDIS_URL ?? '');
  url.host = `127.0.0.1:${port}`;
  const address = {
    url: url.href,
    username: env.CLEARWAY_REDIS_USERNAME,
    password: env.CLEARWAY_REDIS_PASSWORD,
    caPath: join(dir, 'ca.crt'),
  };
  const made = new RedisLink({ ...address, ...changes }, SILENT);
  closing.push(made);
  return made;
}

whenRedis('lets services do everything that they share', async () => {
  const [one, two] = [link(), link()];
  await until('both to be connected', () => one.isUsable && two.isUsable);
  const marks = new SharedMarks();
  const own = (): string[] => ['serial:0A'];
  closing.push(new SharedRevocations({ redis: one, marks: new SharedMarks(), own }));
  closing.push(new SharedRevocations({ redis: two, marks, own: () => [] }));
  await until('a revocation to arrive', () => marks.has('serial:a'));
  const options = { scope: 'test', perSecondMax: 5, clock: () => 1_000 };
  const limits = [one, two].map((redis) => new SharedRateLimits({ ...options, redis }));
  closing.push(...limits);
  for (let call = 0; call < 5; call += 1) limits[0]?.take('alice');
  await until('the limit to be one', async () => {
    await limits[0]?.exchange();
    limits[1]?.take('alice');
    await limits[1]?.exchange();
    return limits[1]?.take('alice') !== undefined;
  });
  const values = [one, two].map((redis) => new LastValues(redis, 'quotes'));
  closing.push(...values);
  const heard: string[] = [];
  let sequence = 0;
  values[1]?.follow((topic) => heard.push(topic));
  await until('a value to be heard', () => {
    values[0]?.publish('AMZN', { epoch: 1, sequence: ++sequence, value: 'a' });
    return heard.includes('AMZN');
  });
  expect((await values[1]?.read('AMZN'))?.value).toBe('a');
});

whenRedis('lets services do nothing else, and nobody in without a password', async () => {
  const known = link();
  await until('a connection', () => known.isUsable);
  expect(await known.ask((redis) => redis.set('other', '1'))).toBeUndefined();
  expect(await known.ask((redis) => redis.flushall())).toBeUndefined();
  expect(await known.ask((redis) => redis.ping())).toBe('PONG');
  const stranger = link({ password: 'wrong' });
  expect(await stranger.ask((redis) => redis.get('clearway:revoked'))).toBeUndefined();
  expect(probe()).toBe('PONG\n');
});

whenRedis(
  'is believed only with a certificate of the authority, which is looked at again for each connection',
  async () => {
    const caPath = join(dir, 'other.crt');
    await writeFile(caPath, (await createAuthority()).certificatePem);
    const doubting = link({ caPath });
    const trusting = link();
    await until('another to be connected', () => trusting.isUsable);
    expect(doubting.isUsable).toBe(false);
    await copyFile(join(dir, 'ca.crt'), `${caPath}.new`);
    await rename(`${caPath}.new`, caPath);
    await until('the new authority to be read', () => doubting.isUsable);
  },
);
