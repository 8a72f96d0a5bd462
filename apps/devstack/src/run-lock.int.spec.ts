import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildRecords } from './child-records';
import { isRunning, markProcess } from './process-mark';
import { claimRunLock } from './run-lock';

describe('one stack a state folder', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'devstack-lock-'));
  });

  afterEach(async () => rm(dir, { recursive: true, force: true }));

  it('refuses a second start and names who holds the folder', async () => {
    const lock = await claimRunLock(dir);
    expect(lock.tookOver).toBe(false);
    await expect(claimRunLock(dir)).rejects.toThrow(`process ${process.pid} holds`);
    lock.release();
    const next = await claimRunLock(dir);
    expect(next.tookOver).toBe(false);
    expect(await readdir(dir)).toEqual(['devstack.lock.2']);
  });

  it.each([
    ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, startMark: '1' })],
    ['of another process that got the same pid', JSON.stringify({ pid: process.pid, startMark: '1' })],
    ['cut short', '{"pid":'],
  ])('takes over a lock %s', async (_what, text) => {
    await writeFile(join(dir, 'devstack.lock.7'), text);
    const lock = await claimRunLock(dir);
    expect(lock.tookOver).toBe(true);
    expect(await readdir(dir)).toEqual(['devstack.lock.8']);
    expect(JSON.parse(await readFile(join(dir, 'devstack.lock.8'), 'utf8'))).toMatchObject({
      pid: process.pid,
    });
  });

  it('lets exactly one of many win who find a dead lock at once', async () => {
    for (let round = 0; round < 20; round++) {
      const folder = join(dir, String(round));
      await mkdir(folder);
      await writeFile(join(folder, 'devstack.lock.1'), '{"pid":');
      const claims = await Promise.allSettled(Array.from({ length: 8 }, async () => claimRunLock(folder)));
      expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }
  });
});

describe('ChildRecords', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'devstack-run-'));
  });

  afterEach(async () => rm(dir, { recursive: true, force: true }));

  async function startChild(script: string): Promise<number> {
    const child = spawn(process.execPath, [
      '-e',
      `${script}; console.log('up'); setInterval(() => {}, 1000)`,
    ]);
    await once(child.stdout, 'data');
    return child.pid as number;
  }

  it('stops what an earlier run left behind, and kills what does not listen', async () => {
    const gentle = await startChild('');
    const deaf = await startChild("process.on('SIGTERM', () => {})");
    const earlier = new ChildRecords(dir);
    await earlier.add('risk', gentle);
    await earlier.add('audit', deaf);
    const stopped = await new ChildRecords(dir).stopLeftBehind(300);
    expect([...stopped].sort((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: 'audit', pid: deaf, wasKilled: true },
      { name: 'risk', pid: gentle, wasKilled: false },
    ]);
    expect(await readdir(dir)).toEqual([]);
  });

  it('never touches a process that got the pid of an old child', async () => {
    const stranger = await startChild('');
    const marked = await markProcess(stranger);
    await writeFile(join(dir, 'risk.pid.json'), JSON.stringify({ pid: stranger, startMark: '1' }));
    expect(await new ChildRecords(dir).stopLeftBehind()).toEqual([]);
    expect(marked !== undefined && (await isRunning(marked))).toBe(true);
    process.kill(stranger, 'SIGKILL');
  });

  it('writes nothing of a child that ended while it was written down', async () => {
    const records = new ChildRecords(dir);
    const adding = records.add('risk', process.pid);
    records.remove('risk');
    await adding;
    expect(await readdir(dir)).toEqual([]);
  });
});
