import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { until } from './until';

/** What to run. */
export interface ChildPlan {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** File that every line is appended to as well, for a look after the test. */
  readonly logFile?: string;
  /** Numeric user and group to run as; its own when left out. */
  readonly uid?: number;
  readonly gid?: number;
}

/** How a process ended, as the OS tells it. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const LINES_MAX = 50_000;
const STOP_TIMEOUT_MS = 15_000;

/** One process of a test, started, signalled and ended by its id; what it prints is kept line by line. */
export class Child {
  /** Everything printed since the first start, of both outputs, oldest first. */
  readonly lines: string[] = [];
  private child: ChildProcess | undefined;
  private ending: Promise<ChildExit> = Promise.resolve({ code: 0, signal: null });

  constructor(readonly plan: ChildPlan) {}

  /** Process id of the run under way, or of the last one. */
  get pid(): number {
    const pid = this.child?.pid;
    if (pid === undefined) throw new Error(`${this.plan.name} does not run`);
    return pid;
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Settles when the run under way ends. */
  get exited(): Promise<ChildExit> {
    return this.ending;
  }

  start(): void {
    if (this.isRunning) throw new Error(`${this.plan.name} runs already`);
    const { command, args, env, cwd, uid, gid } = this.plan;
    const user = uid === undefined ? {} : { uid, gid: gid ?? uid };
    const place = cwd === undefined ? {} : { cwd };
    const child = spawn(command, args, {
      env: { ...env },
      ...place,
      ...user,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child = child;
    child.stdin.on('error', () => undefined);
    this.ending = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
    this.ending.catch(() => undefined);
    for (const stream of [child.stdout, child.stderr]) this.keepLines(stream);
  }

  /** Sends a signal to the process, and to it alone. */
  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** kill -9, and waits until the process is gone. */
  async kill(): Promise<ChildExit> {
    this.signal('SIGKILL');
    return this.ending;
  }

  /** Asks the process to end and waits for it; one that does not is killed and that is an error. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', timeoutMs: number = STOP_TIMEOUT_MS): Promise<ChildExit> {
    if (!this.isRunning) return this.ending;
    this.signal(signal);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), timeoutMs);
    });
    const exit = await Promise.race([this.ending, late]);
    clearTimeout(timer);
    if (exit !== undefined) return exit;
    await this.kill();
    throw new Error(`${this.plan.name} did not end within ${timeoutMs} ms of ${signal}`);
  }

  /** Waits for a line, beginning with the one of the given number. */
  line(
    pattern: RegExp,
    { from = 0, timeoutMs }: { from?: number; timeoutMs?: number } = {},
  ): Promise<string> {
    const find = (): string | undefined => this.lines.slice(from).find((line) => pattern.test(line));
    return until(
      `a line like ${String(pattern)} from ${this.plan.name}`,
      find,
      timeoutMs === undefined ? {} : { timeoutMs },
    );
  }

  private keepLines(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => {
      this.lines.push(line);
      if (this.lines.length > LINES_MAX) this.lines.splice(0, LINES_MAX / 10);
      if (this.plan.logFile !== undefined) appendFileSync(this.plan.logFile, `${this.plan.name} ${line}\n`);
    });
  }
}
