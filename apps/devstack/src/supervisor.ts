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

/** So many crashes during the start are no bad luck. With the waits between them they take about eight seconds. */
const START_CRASHES_MAX = 5;

/** Runs all services of the stack and says what happens to them. */
export class Supervisor implements ChildWatcher {
  private readonly children: readonly SupervisedChild[];
  private readonly crashes = new Map<string, number>();
  private tellHopeless: (why: string) => void = () => undefined;

  /**
   * Resolves with a sentence about a service that will not come up: its settings are wrong, or it has crashed again and
   * again. Looked at during the start only; a service that has served is started again for ever.
   */
  readonly hopeless = new Promise<string>((resolve) => {
    this.tellHopeless = resolve;
  });

  constructor(
    plans: readonly ChildPlan[],
    private readonly records: ChildRecords,
    private readonly console: StackConsole,
  ) {
    this.children = plans.map((plan) => new SupervisedChild(plan, this));
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
    const crashes = (this.crashes.get(name) ?? 0) + 1;
    this.crashes.set(name, crashes);
    if (exit.code === CONFIG_EXIT_STATUS)
      this.tellHopeless(`The settings of ${name} are wrong, as its lines above say.`);
    if (crashes >= START_CRASHES_MAX)
      this.tellHopeless(`${name} does not start: it ended ${crashes} times, and its lines above say why.`);
    this.console.error(`${name} ${describeExit(exit)}; it is started again in ${restartInMs} ms.`);
  }
}
