import { type ChildProcess, spawn } from 'node:child_process';
import { eachLine } from './line-splitter';
import { signalProcess } from './process-mark';

/** What to run. */
export interface ChildPlan {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** How a child ended: an exit code, a signal, or a failure to start at all. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

/** Who is told what happens to a child. */
export interface ChildWatcher {
  onLine(name: string, line: string): void;
  onStarted(name: string, pid: number): void;
  /** @param restartInMs when it is started again; undefined when it was asked to stop */
  onExited(name: string, exit: ChildExit, restartInMs: number | undefined): void;
}

/** When a crashed child is started again; each crash in a row doubles the wait. */
export interface RestartPolicy {
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  /** A child that lived this long was well: the wait begins anew. */
  readonly healthyAfterMs: number;
}

/** 200 ms, doubled up to 5 s. */
export const RESTART_POLICY: RestartPolicy = {
  backoffMinMs: 200,
  backoffMaxMs: 5_000,
  healthyAfterMs: 10_000,
};

const KILL_TIMEOUT_MS = 2_000;

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly child: ChildProcess; readonly sinceMs: number }
  | { readonly kind: 'waiting'; readonly timer: NodeJS.Timeout };

/**
 * One child process that is kept alive until it is stopped. It leads a process group of its own, so that Ctrl-C in a
 * terminal reaches devstack alone, which then stops things in order. Its standard input is a pipe that nobody writes to:
 * it closes when devstack dies, however that happens, and the child can take that as the sign to end.
 */
export class SupervisedChild {
  private state: State = { kind: 'idle' };
  private stopping = false;
  private crashesInARow = 0;
  private readonly exitListeners = new Set<() => void>();

  constructor(
    readonly plan: ChildPlan,
    private readonly watcher: ChildWatcher,
    private readonly policy: RestartPolicy = RESTART_POLICY,
  ) {}

  /** The process id while it runs. */
  get pid(): number | undefined {
    return this.state.kind === 'running' ? this.state.child.pid : undefined;
  }

  /** Starts the child, and from then on again after each crash. */
  start(): void {
    if (this.stopping || this.state.kind !== 'idle') return;
    this.spawn();
  }

  /** Asks the child to end and waits; after the time it is killed. It is not started again. Safe to repeat. */
  async stop(timeoutMs: number): Promise<void> {
    this.stopping = true;
    if (this.state.kind === 'waiting') {
      clearTimeout(this.state.timer);
      this.state = { kind: 'idle' };
    }
    const { pid } = this;
    if (pid === undefined) return;
    signalProcess(pid, 'SIGTERM');
    if (await this.exited(timeoutMs)) return;
    this.kill();
    await this.exited(KILL_TIMEOUT_MS);
  }

  /** Ends the child and whatever it started, at once. */
  kill(): void {
    this.stopping = true;
    const { pid } = this;
    if (pid !== undefined && !signalProcess(-pid, 'SIGKILL')) signalProcess(pid, 'SIGKILL');
  }

  private spawn(): void {
    const { command, args, env, name } = this.plan;
    const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    this.state = { kind: 'running', child, sinceMs: performance.now() };
    child.stdin.on('error', () => undefined);
    for (const stream of [child.stdout, child.stderr])
      eachLine(stream, (line) => this.watcher.onLine(name, line));
    child.once('error', (error) => this.ended(child, { code: null, signal: null, error }));
    child.once('exit', (code, signal) => this.ended(child, { code, signal }));
    if (child.pid !== undefined) this.watcher.onStarted(name, child.pid);
  }

  /** A failed start gives `error` alone, a failed signal `error` and later `exit`: only the first end of a child counts. */
  private ended(child: ChildProcess, exit: ChildExit): void {
    if (this.state.kind !== 'running' || this.state.child !== child) return;
    if (exit.error !== undefined && child.pid !== undefined) return;
    const livedMs = performance.now() - this.state.sinceMs;
    this.crashesInARow = livedMs >= this.policy.healthyAfterMs ? 1 : this.crashesInARow + 1;
    const restartInMs = this.stopping ? undefined : this.backoffMs();
    this.state = restartInMs === undefined ? { kind: 'idle' } : this.restartLater(restartInMs);
    this.watcher.onExited(this.plan.name, exit, restartInMs);
    for (const listener of this.exitListeners) listener();
  }

  private backoffMs(): number {
    return Math.min(this.policy.backoffMinMs * 2 ** (this.crashesInARow - 1), this.policy.backoffMaxMs);
  }

  private restartLater(delayMs: number): State {
    return { kind: 'waiting', timer: setTimeout(() => this.spawn(), delayMs) };
  }

  private exited(timeoutMs: number): Promise<boolean> {
    if (this.state.kind !== 'running') return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (gone: boolean) => () => {
        clearTimeout(timer);
        this.exitListeners.delete(onExit);
        resolve(gone);
      };
      const onExit = settle(true);
      const timer = setTimeout(settle(false), timeoutMs);
      this.exitListeners.add(onExit);
    });
  }
}

/** Says in words how a child ended. */
export function describeExit({ code, signal, error }: ChildExit): string {
  if (error !== undefined) return `could not be started: ${error.message}`;
  return signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
}
