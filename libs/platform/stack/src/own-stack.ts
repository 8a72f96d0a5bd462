import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { temporaryHome } from '@clearway/platform-postgres';

/** A stack that a command started for itself. */
export interface OwnStack {
  readonly stackFile: string;
  /** Process id of the stack, whose children are the services and Postgres. */
  readonly pid: number;
  /** Stops it and removes its state unless that was asked to stay. */
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const LINES_KEPT = 40;

/**
 * Starts a stack without a simulator, on free ports, and waits until it is ready. Throws with its last words when it is not.
 * `settings` are environment variables beside those of this process, `options` further ones of `npm start`.
 */
export async function startOwnStack(
  checkoutDir: string,
  stateDir: string | undefined,
  settings: Readonly<Record<string, string>> = {},
  options: readonly string[] = [],
): Promise<OwnStack> {
  const dir = stateDir ?? (await temporaryHome('clearway-stack-'));
  const args = ['--no-sim', '--ports-from', '0', '--state-dir', dir, '--no-color', ...options];
  const program = join(checkoutDir, 'apps', 'devstack', 'dist', 'main.js');
  const env = { ...process.env, ...settings };
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = async (): Promise<void> => {
    await stopChild(child);
    if (stateDir === undefined) await rm(dir, { recursive: true, force: true });
  };
  try {
    return { stackFile: await readyFile(child), pid: child.pid ?? 0, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for the line that names `stack.json`. */
function readyFile(child: ChildProcess): Promise<string> {
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => reject(new Error([what, ...lines].join('\n  ')));
    const timer = setTimeout(
      () => fail(`the stack was not ready after ${READY_TIMEOUT_MS} ms`),
      READY_TIMEOUT_MS,
    );
    child.once('error', (error) => fail(`the stack could not be started: ${error.message}`));
    child.once('exit', (code) => fail(`the stack ended with status ${code}`));
    const take = (line: string): void => {
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
      const stackFile = stackFileIn(line);
      if (stackFile === undefined) return;
      clearTimeout(timer);
      resolve(stackFile);
    };
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface({ input: stream }).on('line', take);
  });
}

function stackFileIn(line: string): string | undefined {
  if (!line.startsWith('{"event":"ready"')) return undefined;
  return (JSON.parse(line) as { stackFile?: string }).stackFile;
}

/** Asks the child to stop, which stops all of its own; kills it when it does not. */
async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
