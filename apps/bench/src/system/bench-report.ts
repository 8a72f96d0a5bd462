import type { Histogram } from 'hdr-histogram-js';
import type { GrowthPoint } from './growth';
import type { BenchResult, PhaseResult } from './run-bench';

const SERVICES = new Set(['trading', 'risk', 'clearing', 'audit']);

/** Percentiles in milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** One interval of the full load. */
export interface OverTime {
  readonly atSecond: number;
  readonly ordersPerSecond: number;
  readonly answerMs: { readonly p50: number; readonly p99: number };
  readonly memoryMegabytes: Readonly<Record<string, number>>;
  readonly databaseMegabytes: Readonly<Record<string, number>>;
}

/** The JSON object that the bench prints. */
export interface BenchReport {
  readonly ordersPerSecond: number;
  readonly tradesPerSecond: number;
  readonly answerMs: Percentiles;
  readonly settledMs: Percentiles;
  readonly halfLoad: {
    readonly ordersPerSecond: number;
    readonly answerMs: Percentiles;
    readonly settledMs: Percentiles;
    readonly cpuMicrosPerOrder: Readonly<Record<string, number>>;
  };
  /** What audit and the read models had left to do after the full load, in seconds. */
  readonly catchUpSeconds: number;
  readonly cpuMicrosPerOrder: Readonly<Record<string, number>>;
  readonly memoryMegabytes: Readonly<Record<string, number>>;
  readonly journals: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** How figures grew over the full load, an interval a point. */
  readonly overTime: readonly OverTime[];
  readonly rejected: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, number>>;
  readonly invariants: Readonly<Record<string, boolean>>;
}

/** Works the figures out. */
export function benchReport({ full, half, catchUpSeconds, invariants }: BenchResult): BenchReport {
  const orders = Math.max(1, full.counts.ordersAnswered);
  return {
    ordersPerSecond: Math.round(full.counts.ordersAnswered / full.seconds),
    tradesPerSecond: Math.round(full.counts.trades / full.seconds),
    answerMs: percentiles(full.answers),
    settledMs: percentiles(full.settled),
    halfLoad: {
      ordersPerSecond: Math.round(half.counts.ordersAnswered / half.seconds),
      answerMs: percentiles(half.answers),
      settledMs: percentiles(half.settled),
      cpuMicrosPerOrder: cpuMicrosPerOrder(half),
    },
    catchUpSeconds,
    cpuMicrosPerOrder: cpuMicrosPerOrder(full),
    memoryMegabytes: megabytes(half.memoryBytes),
    journals: journalFigures(full, orders),
    overTime: full.growth.map(overTime),
    rejected: Object.fromEntries(full.counts.rejected),
    errors: Object.fromEntries(full.counts.errors),
    invariants,
  };
}

function cpuMicrosPerOrder({ counts, cpuMicros }: PhaseResult): Readonly<Record<string, number>> {
  const orders = Math.max(1, counts.ordersAnswered);
  const each = [...cpuMicros].map(([name, micros]) => [name, round(micros / orders)] as const);
  const total = round(each.reduce((sum, [, micros]) => sum + micros, 0));
  return { total, ...Object.fromEntries(each) };
}

/** The report as a table for people. */
export function benchTable(report: BenchReport): string {
  const { halfLoad } = report;
  const held = Object.values(report.invariants).filter((holds) => holds).length;
  const line = (name: string, figures: Percentiles) =>
    `  ${name.padEnd(28)} P50 ${figures.p50}  P99 ${figures.p99}  P99.9 ${figures.p999}`;
  return [
    `durable orders/s ${report.ordersPerSecond}   trades/s ${report.tradesPerSecond}   (answers leave after fsync)`,
    'milliseconds',
    line('full load, to answer', report.answerMs),
    line('full load, to settled', report.settledMs),
    line(`half load (${halfLoad.ordersPerSecond}/s), to answer`, halfLoad.answerMs),
    line('half load, to settled', halfLoad.settledMs),
    `audit and read models caught up ${report.catchUpSeconds} s after the full load`,
    `CPU µs an order: ${pairs(report.cpuMicrosPerOrder)}`,
    `CPU µs an order at half load: ${pairs(halfLoad.cpuMicrosPerOrder)}`,
    `memory MB: ${pairs(report.memoryMegabytes)}`,
    ...Object.entries(report.journals).map(([name, figures]) => `journal ${name}: ${pairs(figures)}`),
    ...overTimeLines(report.overTime),
    `rejected: ${pairs(report.rejected) || 'none'}   errors: ${pairs(report.errors) || 'none'}`,
    `invariants: ${held} of ${Object.keys(report.invariants).length} hold`,
  ].join('\n');
}

function overTime(point: GrowthPoint): OverTime {
  return {
    atSecond: point.atSecond,
    ordersPerSecond: Math.round(point.ordersPerSecond),
    answerMs: { p50: round(point.answerMsP50), p99: round(point.answerMsP99) },
    memoryMegabytes: megabytes(point.memoryBytes),
    databaseMegabytes: megabytes(point.databaseBytes),
  };
}

function overTimeLines(points: readonly OverTime[]): string[] {
  if (points.length === 0) return [];
  const lines = points.map(
    ({ atSecond, ordersPerSecond, answerMs, memoryMegabytes, databaseMegabytes }) =>
      `  ${String(atSecond).padStart(5)} s  ${ordersPerSecond} orders/s  P50 ${answerMs.p50} P99 ${answerMs.p99} ms  ` +
      `memory MB ${pairs(services(memoryMegabytes))}  database MB ${pairs(databaseMegabytes)}`,
  );
  return ['full load over time', ...lines];
}

/** The processes that could grow: the four services. */
function services(figures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).filter(([name]) => SERVICES.has(name)));
}

function megabytes(bytes: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...bytes].map(([name, each]) => [name, round(each / 2 ** 20)]));
}

function journalFigures(phase: PhaseResult, orders: number): Record<string, Record<string, number>> {
  return Object.fromEntries(
    [...phase.journals].map(([name, usage]) => [
      name,
      {
        commitsPerSecond: Math.round(usage.commits / phase.seconds),
        eventsPerCommit: round(usage.events / Math.max(1, usage.commits)),
        eventsPerOrder: round(usage.events / orders),
        journalBytesPerOrder: Math.round(usage.payloadBytes / orders),
        databaseBytesPerOrder: Math.round(usage.databaseBytes / orders),
      },
    ]),
  );
}

function percentiles(histogram: Histogram): Percentiles {
  const ms = (percentile: number) => round(histogram.getValueAtPercentile(percentile) / 1_000);
  return { p50: ms(50), p99: ms(99), p999: ms(99.9) };
}

function pairs(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${value}`)
    .join('  ');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
