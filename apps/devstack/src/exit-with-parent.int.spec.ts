import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const PRELOAD = join(__dirname, 'exit-with-parent.ts');

describe('exit-with-parent', () => {
  function start(script: string): ChildProcess {
    return spawn(process.execPath, ['--require', PRELOAD, '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  }

  it('stops a service as by a signal when its standard input closes', async () => {
    const child = start(
      "process.on('SIGTERM', () => process.exit(7)); console.log('up'); setInterval(() => {}, 1000)",
    );
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    child.stdin?.end();
    expect(await once(child, 'exit')).toEqual([7, null]);
  });

  it('does not keep a service alive that has nothing more to do', async () => {
    expect(await once(start('0'), 'exit')).toEqual([0, null]);
  });

  it('leaves worker threads alone', async () => {
    const child = start("new (require('node:worker_threads').Worker)('0', { eval: true })");
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
