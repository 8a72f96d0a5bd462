import { setTimeout as sleep } from 'node:timers/promises';
import { markProcess } from './process-mark';
import { type ChildExit, type ChildWatcher, describeExit, SupervisedChild } from './supervised-child';

const POLICY = { backoffMinMs: 20, backoffMaxMs: 50, healthyAfterMs: 5_000 };
const RUNS = "console.log('up'); setInterval(() => {}, 1000)";

class Record implements ChildWatcher {
  readonly lines: string[] = [];
  readonly pids: number[] = [];
  readonly exits: { exit: ChildExit; restartInMs: number | undefined }[] = [];
  onLine = (_name: string, line: string): void => void this.lines.push(line);
  onStarted = (_name: string, pid: number): void => void this.pids.push(pid);
  onExited = (_name: string, exit: ChildExit, restartInMs: number | undefined): void =>
    void this.exits.push({ exit, restartInMs });
}

describe('SupervisedChild', () => {
  let record: Record;
  let child: SupervisedChild;

  function run(script: string, command = process.execPath): void {
    record = new Record();
    const env = { PATH: process.env.PATH ?? '' };
    child = new SupervisedChild({ name: 'it', command, args: ['-e', script], env }, record, POLICY);
    child.start();
  }

  async function until(condition: () => boolean): Promise<void> {
    for (let waitedMs = 0; !condition(); waitedMs += 10) {
      if (waitedMs > 10_000) throw new Error('it did not happen');
      await sleep(10);
    }
  }

  afterEach(async () => child.stop(0));

  it('hands on the lines of both outputs', async () => {
    run("console.log('out'); console.error('err'); setInterval(() => {}, 1000)");
    await until(() => record.lines.length === 2);
    expect([...record.lines].sort()).toEqual(['err', 'out']);
  });

  it('starts a crashed child again, later each time up to a limit', async () => {
    run('process.exit(3)');
    await until(() => record.exits.length >= 4);
    expect(record.exits.slice(0, 4).map(({ restartInMs }) => restartInMs)).toEqual([20, 40, 50, 50]);
    expect(record.exits[0]?.exit).toEqual({ code: 3, signal: null });
    expect(new Set(record.pids).size).toBe(record.pids.length);
  });

  it('starts a killed child again', async () => {
    run(RUNS);
    await until(() => record.lines.length === 1);
    process.kill(record.pids[0] as number, 'SIGKILL');
    await until(() => record.lines.length === 2);
    expect(record.exits.map(({ exit }) => describeExit(exit))).toEqual(['was ended by SIGKILL']);
  });

  it('stops gently and does not start again', async () => {
    run(`process.on('SIGTERM', () => { console.log('bye'); process.exit(0) }); ${RUNS}`);
    await until(() => record.lines.length === 1);
    await child.stop(5_000);
    expect(record.exits).toEqual([{ exit: { code: 0, signal: null }, restartInMs: undefined }]);
    await sleep(100);
    expect(record.pids).toHaveLength(1);
    expect(child.pid).toBeUndefined();
  });

  it('kills a child that does not listen, and what that one started', async () => {
    const grandchild =
      "require('child_process').spawn(process.execPath, ['-e', 'setInterval(()=>{},1e3)']).pid";
    run(`process.on('SIGTERM', () => {}); console.log(${grandchild}); setInterval(() => {}, 1000)`);
    await until(() => record.lines.length === 1);
    await child.stop(50);
    expect(record.exits[0]?.exit.signal).toBe('SIGKILL');
    for (let tries = 0; (await markProcess(Number(record.lines[0]))) !== undefined && tries < 100; tries++)
      await sleep(20);
    expect(await markProcess(Number(record.lines[0]))).toBeUndefined();
  });

  it('can be stopped while it waits to start again', async () => {
    run('process.exit(1)');
    await until(() => record.exits.length === 1);
    await child.stop(1_000);
    await sleep(100);
    expect(record.pids).toHaveLength(1);
  });

  it('tells of a command that is not there', async () => {
    run('', '/no/such/command');
    await until(() => record.exits.length === 1);
    expect(describeExit(record.exits[0]?.exit as ChildExit)).toMatch(/could not be started: .*ENOENT/);
  });
});
