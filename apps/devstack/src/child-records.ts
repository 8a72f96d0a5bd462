import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning, markProcess, parseMark, signalProcess, waitUntilGone } from './process-mark';

/** How long a child that was left behind may take to end by itself before it is killed. */
const LEFT_BEHIND_STOP_TIMEOUT_MS = 8_000;
const KILL_TIMEOUT_MS = 2_000;
const SUFFIX = '.pid.json';

/** Who was found running from an earlier stack, and is gone now. */
export interface StoppedLeftover {
  readonly name: string;
  readonly pid: number;
  readonly wasKilled: boolean;
}

/**
 * Remembers on disk which children run, so that a start after kill -9 of devstack finds those that outlived it. Each
 * record holds when the process began, so a pid that meanwhile belongs to another program is never touched.
 */
export class ChildRecords {
  private readonly running = new Map<string, number>();

  constructor(private readonly dir: string) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  }

  /** Writes a child down. It may have ended before it could be marked; then there is nothing to write. */
  async add(name: string, pid: number): Promise<void> {
    this.running.set(name, pid);
    const marked = await markProcess(pid);
    if (marked === undefined || this.running.get(name) !== pid) return;
    writeFileSync(this.fileOf(name), JSON.stringify(marked), { mode: 0o600 });
  }

  /** Forgets a child that ended. */
  remove(name: string): void {
    this.running.delete(name);
    rmSync(this.fileOf(name), { force: true });
  }

  /** Ends every child of an earlier run that still runs: asks first, then kills. */
  async stopLeftBehind(timeoutMs = LEFT_BEHIND_STOP_TIMEOUT_MS): Promise<readonly StoppedLeftover[]> {
    const files = (await readdir(this.dir)).filter((file) => file.endsWith(SUFFIX));
    const found = await Promise.all(files.map(async (file) => this.stopOne(file, timeoutMs)));
    return found.filter((leftover) => leftover !== undefined);
  }

  private async stopOne(file: string, timeoutMs: number): Promise<StoppedLeftover | undefined> {
    const path = join(this.dir, file);
    const marked = parseMark(await readFile(path, 'utf8').catch(() => ''));
    let leftover: StoppedLeftover | undefined;
    if (marked !== undefined && (await isRunning(marked))) {
      signalProcess(marked.pid, 'SIGTERM');
      const wasKilled = !(await waitUntilGone(marked, timeoutMs));
      if (wasKilled) signalProcess(marked.pid, 'SIGKILL');
      await waitUntilGone(marked, KILL_TIMEOUT_MS);
      leftover = { name: file.slice(0, -SUFFIX.length), pid: marked.pid, wasKilled };
    }
    await rm(path, { force: true });
    return leftover;
  }

  private fileOf(name: string): string {
    return join(this.dir, `${name}${SUFFIX}`);
  }
}
