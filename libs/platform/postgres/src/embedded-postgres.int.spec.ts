import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { findNativeDir } from './binaries';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded-postgres';
import { startMark } from './owner-lock';

const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? test : test.skip;
if (!isRoot)
  process.stdout.write('skipped: the tests of root and of other OS users need to be run as root\n');

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const UNKNOWN_UID = 54_321;
const USER_ATTEMPTS_MAX = 40;
const USER_RETRY_MS = 100;

interface Started {
  readonly url: string;
  readonly pid: number;
  readonly dataDir: string;
  readonly code?: string;
  readonly message?: string;
}

let place: string;
const servers: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'clearway-postgres-'));
  chmodSync(place, 0o755);
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  for (const child of children.splice(0))
    if (child.exitCode === null && child.signalCode === null) await end(child, 'SIGTERM');
  rmSync(place, { recursive: true, force: true });
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const reachableDirs = [join(place, 'reachable')];
  const server = await startEmbeddedPostgres({
    dataDir: join(place, 'postgres'),
    log,
    reachableDirs,
    ...options,
  });
  servers.push(server);
  return server;
}

async function startInChild(
  dataDir: string,
  uid?: number,
  gid?: number,
): Promise<Started & { child: ChildProcess }> {
  const child = spawn(
    process.execPath,
    [join(__dirname, 'fixtures', 'start-and-wait.cjs'), JSON.stringify({ dataDir })],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: '/',
      ...(uid === undefined || gid === undefined ? {} : { uid, gid }),
    },
  );
  children.push(child);
  if (child.stdout === null) throw new Error('the child has no standard output');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { ...(JSON.parse(line) as Started), child };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

async function query(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

describe('a fresh start', () => {
  test('gives a durable, loopback-only UTF8 database with the C locale', async () => {
    const server = await start();
    expect(server.url).toMatch(/^postgres:\/\/postgres:[0-9a-f]{48}@127\.0\.0\.1:\d+\/postgres$/);
    const settings = await query(
      server.url,
      `SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings
        WHERE name IN ('fsync', 'listen_addresses', 'max_connections', 'server_encoding', 'unix_socket_directories')`,
    );
    expect(settings).toBe(
      'fsync=on listen_addresses=127.0.0.1 max_connections=100 server_encoding=UTF8 unix_socket_directories=',
    );
    expect(await query(server.url, `SELECT datcollate FROM pg_database WHERE datname = 'postgres'`)).toBe(
      'C',
    );
  });

  test('keeps the password to its owner and refuses any other one', async () => {
    const server = await start();
    expect(statSync(join(server.dataDir, 'superuser.password')).mode & 0o777).toBe(0o600);
    const wrong = server.url.replace(/:[0-9a-f]{48}@/, ':wrong@');
    await expect(query(wrong, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  test('clears away what an interrupted initialisation left', async () => {
    const dataDir = join(place, 'postgres');
    mkdirSync(join(dataDir, 'cluster.initialising-99', 'base'), { recursive: true });
    if (isRoot) chownSync(dataDir, idOf('-u', 'postgres'), idOf('-g', 'postgres'));
    const server = await start();
    expect(readdirSync(server.dataDir).filter((name) => name.startsWith('cluster.'))).toEqual([]);
  });

  test('moves a folder aside that is no whole cluster', async () => {
    const first = await start();
    await first.stop();
    rmSync(join(first.dataDir, 'cluster', 'global', 'pg_control'));
    const second = await start();
    expect(await query(second.url, 'SELECT 1')).toBe(1);
    expect(readdirSync(second.dataDir).some((name) => name.startsWith('cluster.broken-'))).toBe(true);
  });

  test('refuses data of another major version', async () => {
    const first = await start();
    await first.stop();
    writeFileSync(join(first.dataDir, 'cluster', 'PG_VERSION'), '17\n');
    await expect(start()).rejects.toMatchObject({ code: 'DATA_DIR_VERSION' });
  });
});

/** The list of users can be changed by one program at a time; another one may be at it just now. */
async function changeUsers(command: 'useradd' | 'userdel', ...args: string[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      execFileSync(command, args, { stdio: 'pipe' });
      return;
    } catch (error) {
      if (attempt === USER_ATTEMPTS_MAX || !String(error).includes('cannot lock')) throw error;
      await sleep(USER_RETRY_MS);
    }
  }
}

function idOf(flag: '-u' | '-g', user: string): number {
  return Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
}

describe('a second start', () => {
  test('keeps the data and the password', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n');
    await first.stop();
    expect(await startMark(first.pid)).toBeUndefined();
    const second = await start();
    expect(await query(second.url, 'SELECT n FROM kept')).toBe(7);
  });

  test('is refused while the first one runs, and harms it not', async () => {
    const first = await start();
    await expect(start()).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
    expect(await query(first.url, 'SELECT 1')).toBe(1);
  });

  test('works after the Node process that started the first one was killed', async () => {
    const dataDir = join(place, 'postgres');
    const first = await startInChild(dataDir);
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n');
    await end(first.child, 'SIGKILL');
    expect(await startMark(first.pid)).toBeDefined();
    const second = await start();
    expect(await startMark(first.pid)).toBeUndefined();
    expect(await query(second.url, 'SELECT n FROM kept')).toBe(7);
  });

  test('works after the server itself was killed', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n');
    process.kill(first.pid, 'SIGKILL');
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });
    const second = await start();
    expect(await query(second.url, 'SELECT n FROM kept')).toBe(7);
  });

  test('is not misled by a pid file that names a stranger', async () => {
    const first = await start();
    await first.stop();
    const file = join(first.dataDir, 'cluster', 'postmaster.pid');
    writeFileSync(file, `${process.pid}\n${dirname(file)}\n1\n15432\n\n127.0.0.1\n1 1\nready\n`);
    const second = await start();
    expect(await query(second.url, 'SELECT 1')).toBe(1);
  });

  test('says so when the password is lost', async () => {
    const first = await start();
    await first.stop();
    rmSync(join(first.dataDir, 'superuser.password'));
    await expect(start()).rejects.toMatchObject({ code: 'PASSWORD_LOST' });
  });
});

describe('a taken port', () => {
  test('is refused if it was asked for, and passed over if not', async () => {
    const taker = createServer().listen(0, '127.0.0.1');
    await once(taker, 'listening');
    const { port } = taker.address() as { port: number };
    await expect(start({ port })).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    taker.close();
    const preferred = createServer().listen(15_432, '127.0.0.1');
    await once(preferred, 'listening').catch(() => 'taken by another program, which serves as well');
    const server = await start();
    preferred.close();
    expect(server.port).not.toBe(15_432);
    expect(await query(server.url, 'SELECT 1')).toBe(1);
  });
});

describe('OS users', () => {
  asRoot(
    'root with all of it under a closed folder runs a copy and keeps the data where it can be reached',
    async () => {
      const closed = join(place, 'closed');
      mkdirSync(closed, { mode: 0o700 });
      cpSync(findNativeDir(), join(closed, 'native'), { recursive: true, verbatimSymlinks: true });
      const options = {
        dataDir: join(closed, 'checkout', '.clearway', 'postgres'),
        nativeDir: join(closed, 'native'),
      };
      const first = await start(options);
      expect(first.dataDir).toMatch(new RegExp(`^${join(place, 'reachable')}/data-[0-9a-f]{16}$`));
      await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n');
      await first.stop();
      const second = await start(options);
      expect(await query(second.url, 'SELECT n FROM kept')).toBe(7);
    },
  );

  asRoot('an ordinary user runs it as themselves', async () => {
    const name = `clearway-t${process.pid}`;
    await changeUsers('useradd', '--no-create-home', '--user-group', name);
    try {
      const uid = idOf('-u', name);
      const gid = idOf('-g', name);
      const home = join(place, 'home');
      mkdirSync(home, { mode: 0o700 });
      chownSync(home, uid, gid);
      const started = await startInChild(join(home, 'postgres'), uid, gid);
      expect(started.message).toBeUndefined();
      expect(statSync(join(started.dataDir, 'cluster')).uid).toBe(uid);
      expect(await query(started.url, 'SELECT 1')).toBe(1);
      await end(started.child, 'SIGTERM');
      expect(await startMark(started.pid)).toBeUndefined();
      const asOwner = await start({ dataDir: join(home, 'postgres') });
      expect(await query(asOwner.url, 'SELECT 1')).toBe(1);
      await asOwner.stop();
    } finally {
      await changeUsers('userdel', name);
    }
  });

  asRoot('a user whom the system does not know is told so', async () => {
    chmodSync(place, 0o777);
    const refused = await startInChild(join(place, 'postgres'), UNKNOWN_UID, UNKNOWN_UID);
    expect(refused.code).toBe('NO_PASSWD_ENTRY');
    expect(refused.message).toContain(`uid ${UNKNOWN_UID}`);
  });
});
