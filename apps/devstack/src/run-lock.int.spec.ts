import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
    const lock = await claimRunLock(join(dir, 'lock'));
    expect(lock.tookOver).toBe(false);
    await expect(claimRunLock(join(dir, 'lock'))).rejects.toThrow(`process ${process.pid} holds`);
    await lock.release();
    await (await claimRunLock(join(dir, 'lock'))).release();
    expect(await readdir(dir)).toEqual([]);
  });

  it.each([
    ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, startMark: '1' })],
    ['of another process that got the same pid', JSON.stringify({ pid: process.pid, startMark: '1' })],
    ['cut short', '{"pid":'],
  ])('takes over a lock %s', async (_what, text) => {
    await writeFile(join(dir, 'lock'), text);
    const lock = await claimRunLock(join(dir, 'lock'));
    expect(lock.tookOver).toBe(true);
    expect(JSON.parse(await readFile(join(dir, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
    expect(await readdir(dir)).toEqual(['lock']);
  });

  it('lets one of many win who find a dead lock at once', async () => {
    await writeFile(join(dir, 'lock'), '');
    const claims = await Promise.allSettled(
      Array.from({ length: 8 }, async () => claimRunLock(join(dir, 'lock'))),
    );
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
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
