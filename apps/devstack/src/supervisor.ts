import { CONFIG_EXIT_STATUS } from '@clearway/platform-config';
import type { ChildRecords } from './child-records';
import type { StackConsole } from './stack-console';
import {
  type ChildExit,
  type ChildPlan,
  type ChildWatcher,
  describeExit,
  SupervisedChild,
} from './supervised-child';

/** Who stops before whom: trading first, so that what it has under way can still be settled; audit last, to see it all. */
const STOP_WAVES: readonly (readonly string[])[] = [['trading'], ['clearing'], ['risk', 'audit']];

/** Runs all services of the stack and says what happens to them. */
export class Supervisor implements ChildWatcher {
  private readonly children: readonly SupervisedChild[];
  private restartsCount = 0;
  private tellMisconfigured: (name: string) => void = () => undefined;

  /** Resolves with the name of a service whose settings are wrong: starting it again will not help. */
  readonly misconfigured = new Promise<string>((resolve) => {
    this.tellMisconfigured = resolve;
  });

  constructor(
    plans: readonly ChildPlan[],
    private readonly records: ChildRecords,
    private readonly console: StackConsole,
  ) {
    this.children = plans.map((plan) => new SupervisedChild(plan, this));
  }

  /** How often a child was started again. */
  get restarts(): number {
    return this.restartsCount;
  }

  /** Starts all services at once; they wait for each other by themselves. */
  start(): void {
    for (const child of this.children) child.start();
  }

  /** Stops all services in order; those that have not ended after the time, counted over all, are killed. */
  async stop(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (const wave of STOP_WAVES) {
      const leftMs = Math.max(0, deadline - performance.now());
      const members = this.children.filter(({ plan }) => wave.includes(plan.name));
      await Promise.all(members.map(async (child) => child.stop(leftMs)));
    }
    await Promise.all(this.children.map(async (child) => child.stop(0)));
  }

  /** Ends all services at once. */
  kill(): void {
    for (const child of this.children) child.kill();
  }

  onLine(name: string, line: string): void {
    this.console.service(name, line);
  }

  onStarted(name: string, pid: number): void {
    this.records.add(name, pid).catch((error: unknown) => {
      this.console.warn(`The process id of ${name} could not be written down: ${String(error)}`);
    });
  }

  onExited(name: string, exit: ChildExit, restartInMs: number | undefined): void {
    this.records.remove(name);
    if (restartInMs === undefined) {
      this.console.debug(`${name} has stopped.`);
      return;
    }
    this.restartsCount += 1;
    if (exit.code === CONFIG_EXIT_STATUS) this.tellMisconfigured(name);
    this.console.error(`${name} ${describeExit(exit)}; it is started again in ${restartInMs} ms.`);
  }
}
