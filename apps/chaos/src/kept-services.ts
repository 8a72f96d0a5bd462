import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, SERVICES, type ServiceName } from '@clearway/testing';

const RESTART_DELAY_MS = 300;
const STOP_TIMEOUT_MS = 15_000;

/** Keeps the services running, as a supervisor does: one that ends is started again, whatever it ended of. */
export class KeptServices {
  /** How processes ended that no fault had ended: exit statuses by service. */
  readonly endings = new Map<string, number>();
  private readonly away = new Set<ServiceName>();
  private isOver = false;

  constructor(private readonly cluster: Cluster) {
    for (const name of SERVICES) void this.keep(name);
  }

  /** Ends a service and keeps it away for so long. */
  async lose(name: ServiceName, signal: 'SIGKILL' | 'SIGTERM', awayMs: number): Promise<void> {
    const process = this.cluster.process(name);
    this.away.add(name);
    if (signal === 'SIGKILL') await process.kill();
    else await process.stop(signal, STOP_TIMEOUT_MS);
    await sleep(awayMs);
    this.away.delete(name);
  }

  /** Starts nothing any more. */
  stop(): void {
    this.isOver = true;
  }

  private async keep(name: ServiceName): Promise<void> {
    while (!this.isOver) {
      const { code, signal } = await this.cluster.process(name).exited;
      if (!this.away.has(name)) this.count(`${name} ${code ?? signal}`);
      await this.whileAway(name);
      if (!this.isOver) this.cluster.process(name).start();
    }
  }

  private async whileAway(name: ServiceName): Promise<void> {
    do await sleep(RESTART_DELAY_MS);
    while (this.away.has(name) && !this.isOver);
  }

  private count(ending: string): void {
    this.endings.set(ending, (this.endings.get(ending) ?? 0) + 1);
  }
}
