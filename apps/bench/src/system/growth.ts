import { createPool } from '@clearway/platform-postgres';
import type { Usage } from '@clearway/platform-stack';
import type { Pool } from 'pg';
import { type LoadPhase, newHistogram } from './load-lane';

/** How the system was at the end of one interval of a phase. */
export interface GrowthPoint {
  /** Seconds since the phase began. */
  readonly atSecond: number;
  readonly ordersPerSecond: number;
  readonly answerMsP50: number;
  readonly answerMsP99: number;
  /** Resident memory by process. */
  readonly memoryBytes: ReadonlyMap<string, number>;
  /** Bytes of each service's database, indexes and all; empty where Postgres is not known. */
  readonly databaseBytes: ReadonlyMap<string, number>;
}

const MICROS_PER_MS = 1_000;
const SIZES = `SELECT datname AS name, pg_database_size(datname) AS bytes FROM pg_database WHERE datname LIKE 'clearway\\_%'`;

/** Takes a point at the end of each interval of a phase, while load goes on. */
export class GrowthRecorder {
  readonly points: GrowthPoint[] = [];
  private readonly pool: Pool | undefined;
  private readonly startedAtMs = performance.now();
  private readonly timer: NodeJS.Timeout;
  private intervalStartedAtMs = this.startedAtMs;
  private countedBefore = 0;
  private seenBefore = newHistogram();
  private taking: Promise<void> = Promise.resolve();

  constructor(
    private readonly phase: LoadPhase,
    intervalSeconds: number,
    postgresUrl: string | undefined,
    private readonly usage: () => ReadonlyMap<string, Usage>,
  ) {
    const settings = { applicationName: 'clearway-bench', max: 1, statementTimeoutMs: 60_000 };
    this.pool = postgresUrl === undefined ? undefined : createPool(postgresUrl, settings);
    this.timer = setInterval(() => {
      this.taking = this.taking.then(() => this.take());
    }, intervalSeconds * 1_000);
  }

  /** Takes no more points; those under way are finished. */
  async stop(): Promise<readonly GrowthPoint[]> {
    clearInterval(this.timer);
    await this.taking;
    await this.pool?.end();
    return this.points;
  }

  private async take(): Promise<void> {
    const nowMs = performance.now();
    const interval = this.phase.answers.copyCorrectedForCoordinatedOmission(0);
    interval.subtract(this.seenBefore);
    this.seenBefore.add(interval);
    const { ordersAnswered } = this.phase.counts;
    const point = {
      atSecond: Math.round((nowMs - this.startedAtMs) / 1_000),
      ordersPerSecond: ((ordersAnswered - this.countedBefore) * 1_000) / (nowMs - this.intervalStartedAtMs),
      answerMsP50: interval.getValueAtPercentile(50) / MICROS_PER_MS,
      answerMsP99: interval.getValueAtPercentile(99) / MICROS_PER_MS,
      memoryBytes: new Map([...this.usage()].map(([name, { memoryBytes }]) => [name, memoryBytes])),
    };
    this.countedBefore = ordersAnswered;
    this.intervalStartedAtMs = nowMs;
    this.points.push({ ...point, databaseBytes: await this.databaseBytes() });
  }

  private async databaseBytes(): Promise<ReadonlyMap<string, number>> {
    if (this.pool === undefined) return new Map();
    const { rows } = await this.pool.query<{ name: string; bytes: string }>(SIZES);
    return new Map(rows.map(({ name, bytes }) => [name.replace('clearway_', ''), Number(bytes)]));
  }
}
