import { Child } from './child';

const nodeRunning = (name: string, script: string): Child =>
  new Child({ name, command: process.execPath, args: ['-e', script], env: {} });

const WAIT = 'setInterval(() => undefined, 1000); console.log("up")';

describe('Child', () => {
  it('keeps the lines of both outputs and tells how it ended', async () => {
    const child = nodeRunning('talker', 'console.log("out"); console.error("err"); process.exitCode = 3');
    child.start();
    expect(await child.exited).toEqual({ code: 3, signal: null });
    expect([...child.lines].sort()).toEqual(['err', 'out']);
    expect(child.isRunning).toBe(false);
  });

  it('is killed, and started again', async () => {
    const child = nodeRunning('sleeper', WAIT);
    child.start();
    await child.line(/up/);
    const { pid } = child;
    expect(await child.kill()).toEqual({ code: null, signal: 'SIGKILL' });
    child.start();
    await child.line(/up/, { from: 1 });
    expect(child.pid).not.toBe(pid);
    await child.kill();
  });

  it('is told when one does not stop, and ends it all the same', async () => {
    const child = nodeRunning('stubborn', `process.on("SIGTERM", () => undefined); ${WAIT}`);
    child.start();
    await child.line(/up/);
    await expect(child.stop('SIGTERM', 200)).rejects.toThrow('stubborn did not end within 200 ms of SIGTERM');
    expect(child.isRunning).toBe(false);
  });
});
