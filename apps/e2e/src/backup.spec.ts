import { chmod, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { trading } from '@clearway/contracts';
import { openReconciliationClients, reconcile } from '@clearway/platform-reconciliation';
import type { TlsFiles } from '@clearway/platform-rpc';
import { Peer, SERVICES, type ServiceName, SILENT_LOG } from '@clearway/testing';
import { type Ran, run } from './command-line';
import { CHECKOUT_DIR } from './config';
import { DevstackRun, type Stack } from './devstack-run';
import { lookUp, order, place, seen, TIME_IN_FORCE_GTC } from './market';

jest.setTimeout(120_000);

/** Fewer than an account may place in a minute. */
const ORDERS_MEANWHILE = 60;

const resting = (): trading.PlaceOrderRequest =>
  order('alice', { symbol: 'MSFT', price: '415.00', orderQty: '1', timeInForce: TIME_IN_FORCE_GTC });
const program = (app: string, name: string): string => join(CHECKOUT_DIR, 'apps', app, 'dist', `${name}.js`);
const tool = (app: string, name: string, ...args: string[]): Promise<Ran> =>
  run(process.execPath, [program(app, name), ...args]);

function connect({ services, tls }: Stack, who: { cert: string; key: string } | undefined): Peer {
  if (who === undefined) throw new Error('the stack has no such certificate');
  return new Peer((name) => services[name] ?? '', { caPath: tls.ca, certPath: who.cert, keyPath: who.key });
}

/** The invariants that do not hold once the stack is at rest; reports a stack that evaluated none. */
async function broken({ services }: Stack, tls: TlsFiles): Promise<string[]> {
  const addresses = services as Record<ServiceName, string>;
  const clients = openReconciliationClients({ addresses, tls, log: SILENT_LOG });
  try {
    const { results } = await reconcile(clients, { restTimeoutMs: 20_000 });
    if (results.length < SERVICES.length) return [`only ${results.length} invariants were evaluated`];
    return results.filter(({ holds }) => !holds).map(({ name, detail }) => `${name}: ${detail}`);
  } finally {
    clients.close();
  }
}

/** What stands in single quotes in a file of Postgres' settings needs care. */
const MARK = "cut 'before\\after'";
/** What the tests leave in their folder. */
const KEPT = ['at-time', 'backup', 'export.jsonl', 'first', 'second'];

describe('backup under load, and restore of all databases to one moment', () => {
  let home: string;
  let backupDir: string;
  const stacks: DevstackRun[] = [];
  const peers: Peer[] = [];
  let cutAt = '';
  const before = resting();
  const after = resting();

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'clearway-backup-'));
    await chmod(home, 0o755);
    backupDir = join(home, 'backup');
  });

  afterAll(async () => {
    for (const peer of peers) peer.close();
    for (const stack of stacks)
      if (stack.isRunning) await stack.stop('SIGINT', 30_000).catch(() => undefined);
    if (home !== undefined) await rm(home, { recursive: true, force: true });
  });

  const start = async (name: string, options: readonly string[] = []): Promise<Stack> => {
    const devstack = new DevstackRun(join(home, name), 0, options);
    stacks.push(devstack);
    devstack.start();
    return devstack.ready();
  };
  const asAlice = (stack: Stack): Peer => {
    const peer = connect(stack, stack.tls.participants.alice);
    peers.push(peer);
    return peer;
  };

  it('takes a base backup while orders come in, then a mark between two orders', async () => {
    const alice = asAlice(await start('first', ['--archive-to', backupDir]));
    const stack = ['--stack', join(home, 'first', 'stack.json')];
    const backup = tool('backup', 'backup-main', '--to', backupDir, ...stack);
    const orders: Promise<unknown>[] = [];
    while (orders.length < ORDERS_MEANWHILE) {
      orders.push(place(alice, order('alice', { symbol: 'MSFT', price: '425.00', orderQty: '1' })));
      await sleep(10);
    }
    expect(await backup).toMatchObject({ status: 0, stderr: '' });
    await Promise.all(orders);
    expect(await place(alice, before)).toMatchObject({ status: 'NEW' });
    expect(await tool('backup', 'backup-main', '--to', backupDir, '--mark', MARK, ...stack)).toMatchObject({
      status: 0,
    });
    cutAt = new Date().toISOString();
    await sleep(10);
    expect(await place(alice, after)).toMatchObject({ status: 'NEW' });
    await stacks[0]?.stop('SIGINT', 30_000);
  });

  it('restores to the mark: what was acknowledged before is there, what came after is not, and all invariants hold', async () => {
    const keys = ['--keys-from', join(home, 'first')];
    const target = ['--state-dir', join(home, 'second'), '--mark', MARK];
    const restored = await tool('backup', 'restore-main', '--from', backupDir, ...target, ...keys);
    expect(restored).toMatchObject({ status: 0 });
    const stack = await start('second');
    const alice = asAlice(stack);
    expect(seen(await lookUp(alice, before))).toMatchObject({ status: 'NEW', leaves: '1' });
    await expect(lookUp(alice, after)).rejects.toMatchObject({ reason: 'UNKNOWN_ORDER' });
    const { ca, operator } = stack.tls;
    const tls = { caPath: ca, certPath: operator.cert, keyPath: operator.key };
    expect(await broken(stack, tls)).toEqual([]);
    expect(await place(alice, after)).toMatchObject({ status: 'NEW' });
  });

  it('leaves an audit log that verifies, from before the restore to after it', async () => {
    const file = join(home, 'export.jsonl');
    const stack = ['--stack', join(home, 'second', 'stack.json')];
    expect(await tool('audit-tool', 'export-main', '--out', file, ...stack)).toMatchObject({ status: 0 });
    const dir = join(home, 'second');
    const [keyFile] = (await readdir(dir, { recursive: true })).filter((name) =>
      name.endsWith('verifier-key'),
    );
    const verified = await tool('audit-tool', 'verify-main', file, '--key', join(dir, keyFile ?? ''));
    expect(verified).toMatchObject({ status: 0 });
  });

  it('restores to a time as to a mark', async () => {
    const keys = ['--keys-from', join(home, 'first')];
    const target = ['--state-dir', join(home, 'at-time'), '--time', cutAt];
    const restored = await tool('backup', 'restore-main', '--from', backupDir, ...target, ...keys);
    expect(restored).toMatchObject({ status: 0 });
    const alice = asAlice(await start('at-time'));
    expect(seen(await lookUp(alice, before))).toMatchObject({ status: 'NEW', leaves: '1' });
    await expect(lookUp(alice, after)).rejects.toMatchObject({ reason: 'UNKNOWN_ORDER' });
  });

  it('refuses a moment before the base backup, an unknown mark, and a folder that exists', async () => {
    const restore = (...args: string[]): Promise<Ran> =>
      tool('backup', 'restore-main', '--from', backupDir, '--state-dir', join(home, 'third'), ...args);
    expect((await restore('--time', '2020-01-01T00:00:00Z')).stderr).toMatch(/oldest base backup/);
    expect((await restore('--mark', 'nothing')).stderr).toMatch(/no mark nothing; known are: cut 'before/);
    const there = await tool(
      'backup',
      'restore-main',
      '--from',
      backupDir,
      '--state-dir',
      join(home, 'first'),
    );
    expect(there.stderr).toMatch(/is there already/);
    expect(await readdir(home)).toEqual(KEPT);
  });

  it('names the cause when the log ends before the moment, and leaves no folder and no process', async () => {
    const stateDir = join(home, 'new', 'fourth');
    const keys = ['--keys-from', join(home, 'first')];
    const target = ['--state-dir', stateDir, '--time', '2999-01-01T00:00:00Z'];
    const failed = await tool('backup', 'restore-main', '--from', backupDir, ...target, ...keys);
    expect(failed).toMatchObject({ status: 1, stdout: '' });
    expect(failed.stderr).toMatch(
      /restore: .*wal does not lead to 2999-01-01T00:00:00.000Z: recovery ended before configured recovery target was reached\.\n$/,
    );
    expect(await readdir(home)).toEqual(KEPT);
    expect((await run('ps', ['-eo', 'args'])).stdout).not.toContain(stateDir);
  });

  it('refuses a backup folder whose path a shell would read', async () => {
    const odd = join(home, 'it"$(touch odd)"');
    await rename(backupDir, odd);
    const keys = ['--keys-from', join(home, 'first')];
    const failed = await tool(
      'backup',
      'restore-main',
      '--from',
      odd,
      '--state-dir',
      join(home, 'fifth'),
      ...keys,
    );
    await rename(odd, backupDir);
    expect(failed).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/has characters that a shell would read/),
    });
    expect(await readdir(home)).toEqual(KEPT);
  });
});
