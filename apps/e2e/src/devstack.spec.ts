import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, Peer, until } from '@clearway/testing';
import { run } from './command-line';
import { loadSettings } from './config';
import { DevstackRun, isAlive, type Stack, untilGone } from './devstack-run';
import { lookUp, order, place } from './market';

jest.setTimeout(90_000);

const READY_MS_MAX = 20_000;

describe('npm start', () => {
  let home: string;
  let stateDir: string;
  const runs: DevstackRun[] = [];
  const kept = order('alice', { symbol: 'MSFT', price: '425.00', orderQty: '1' });

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'clearway-devstack-'));
    await chmod(home, 0o755);
    stateDir = join(home, 'state');
  });

  afterAll(async () => {
    for (const each of runs) if (each.isRunning) await each.stop('SIGINT', 30_000).catch(() => undefined);
    if (home !== undefined) await rm(home, { recursive: true, force: true });
  });

  const start = (dir = stateDir, portsFrom = 0): DevstackRun => {
    const devstack = new DevstackRun(dir, portsFrom);
    runs.push(devstack);
    devstack.start();
    return devstack;
  };

  const asAlice = ({ services, tls }: Stack): Peer => {
    const alice = tls.participants.alice;
    if (alice === undefined) throw new Error('the stack has no alice');
    return new Peer((name) => services[name] ?? '', {
      caPath: tls.ca,
      certPath: alice.cert,
      keyPath: alice.key,
    });
  };

  let first: DevstackRun;
  let stack: Stack;

  it('is ready in time and says where everything is', async () => {
    const startedMs = performance.now();
    first = start();
    stack = await first.ready();
    const elapsedMs = performance.now() - startedMs;
    process.stdout.write(`devstack: ready after ${Math.round(elapsedMs)} ms\n`);
    expect(elapsedMs).toBeLessThan(READY_MS_MAX);
    expect(Object.keys(stack.services)).toEqual(['trading', 'risk', 'clearing', 'audit']);
    expect(stack.tls.participants.alice?.accounts).toEqual(['alice.main']);
    for (const file of [stack.tls.ca, stack.tls.operator.cert, stack.tls.operator.key])
      expect(existsSync(file)).toBe(true);
    expect(stack.postgres).toMatch(/^postgres:\/\//);
  });

  it('gives lines to paste that work', async () => {
    const { grpcurl } = loadSettings();
    const pasted = first.lines
      .map((line) => line.trim())
      .filter((line) => line.startsWith(grpcurl === undefined ? 'npx buf curl ' : 'grpcurl '));
    expect(pasted).toHaveLength(grpcurl === undefined ? 1 : 3);
    const dir = grpcurl === undefined ? '' : `PATH="${join(grpcurl, '..')}:$PATH"; `;
    for (const line of pasted) {
      const { status, stderr } = await run('/bin/sh', ['-c', dir + line]);
      expect({ line, status, stderr }).toEqual({ line, status: 0, stderr: '' });
    }
  });

  it('takes an order', async () => {
    const alice = asAlice(stack);
    expect(await place(alice, kept)).toMatchObject({ status: 'NEW' });
    alice.close();
  });

  it('refuses a second start and says who is there', async () => {
    const second = start();
    const { code } = await second.exited;
    expect(code).toBe(1);
    expect(second.output).toContain(
      `Clearway is running already: process ${first.pid} holds this state folder`,
    );
    expect(existsSync(first.stackFile)).toBe(true);
  });

  it('starts a crashed child again and says so', async () => {
    const before = (await first.pids()).get('risk') ?? 0;
    const from = first.lines.length;
    process.kill(before, 'SIGKILL');
    await first.line(/risk was ended by SIGKILL; it is started again/, { from });
    await until('another risk', async () => ((await first.pids()).get('risk') ?? before) !== before);
    const alice = asAlice(stack);
    await until('risk to answer', () => alice.risk.call('getAccountRisk', { account: 'alice.main' }));
    alice.close();
  });

  it('stops everything at Ctrl-C', async () => {
    const pids = await first.pids();
    expect([...pids.keys()].sort()).toEqual(['audit', 'clearing', 'postgres', 'risk', 'trading']);
    expect(await first.stop('SIGINT', 30_000)).toEqual({ code: 0, signal: null });
    expect([...pids].filter(([, pid]) => isAlive(pid))).toEqual([]);
    expect(existsSync(first.stackFile)).toBe(false);
  });

  it('keeps its data from one start to the next', async () => {
    const second = start();
    const alice = asAlice(await second.ready());
    expect(await lookUp(alice, kept)).toMatchObject({ clOrdId: kept.clOrdId, price: '425.00' });
    alice.close();
  });

  it('starts after kill -9, keeps its data, and leaves no orphan', async () => {
    const killed = runs.at(-1);
    if (killed === undefined) throw new Error('nothing runs');
    const orphans = await killed.pids();
    await killed.kill();
    const next = start();
    const alice = asAlice(await next.ready());
    await untilGone(orphans);
    expect(await lookUp(alice, kept)).toMatchObject({ clOrdId: kept.clOrdId });
    alice.close();
    const pids = await next.pids();
    expect(await next.stop('SIGTERM', 30_000)).toEqual({ code: 0, signal: null });
    expect([...pids].filter(([, pid]) => isAlive(pid))).toEqual([]);
  });

  it('lets nothing live on when it is killed and not started again', async () => {
    const devstack = start();
    await devstack.ready();
    const services = new Map([...(await devstack.pids())].filter(([name]) => name !== 'postgres'));
    await devstack.kill();
    await untilGone(services);
    await (async () => {
      const next = start();
      await next.ready();
      await next.stop('SIGINT', 30_000);
    })();
  });

  it('names the port that is taken, and leaves nothing behind', async () => {
    const [port = 0] = await freePorts(1);
    const taken = await listen(port);
    const devstack = start(join(home, 'other'), port);
    const { code } = await devstack.exited;
    taken.close();
    expect(code).toBe(1);
    expect(devstack.output).toContain(`Port ${port} on 127.0.0.1, wanted for trading, is taken`);
    expect(devstack.output).toContain('--ports-from');
  });

  it('explains itself when asked for nonsense', async () => {
    const { status, stderr } = await run(process.execPath, [
      ...(runs[0]?.plan.args.slice(2, 3) ?? []),
      '--ports-from',
      'many',
    ]);
    expect(status).toBe(64);
    expect(stderr).toContain('--ports-from takes a whole number');
  });
});

function listen(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
