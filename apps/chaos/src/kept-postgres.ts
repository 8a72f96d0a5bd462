import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '@clearway/testing';

const RETRY_DELAY_MS = 300;

/** Keeps Postgres running: when it ends, of a fault or by itself because its disk is full, it is started again until that works. */
export class KeptPostgres {
  private awayUntilMs = 0;
  private isOver = false;

  constructor(private readonly cluster: Cluster) {
    void this.keep();
  }

  /** Ends Postgres and keeps it away for so long. */
  async lose(signal: 'SIGINT' | 'SIGKILL', awayMs: number): Promise<void> {
    this.awayUntilMs = performance.now() + awayMs;
    await this.cluster.endPostgres(signal);
    await sleep(awayMs);
  }

  /** Starts nothing any more. */
  stop(): void {
    this.isOver = true;
  }

  private async keep(): Promise<void> {
    while (!this.isOver) {
      await this.cluster.postgresExited;
      await sleep(Math.max(0, this.awayUntilMs - performance.now()));
      while (!this.isOver && !(await this.hasStarted())) await sleep(RETRY_DELAY_MS);
    }
  }

  private async hasStarted(): Promise<boolean> {
    try {
      await this.cluster.startPostgres();
      return true;
    } catch {
      return false;
    }
  }
}
