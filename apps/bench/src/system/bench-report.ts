import type { Histogram } from 'hdr-histogram-js';
import type { BenchResult, PhaseResult } from './run-bench';

/** Percentiles in milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
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
  };
  readonly cpuMicrosPerOrder: Readonly<Record<string, number>>;
  readonly memoryMegabytes: Readonly<Record<string, number>>;
  readonly journals: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly rejected: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, number>>;
  readonly invariants: Readonly<Record<string, boolean>>;
}

/** Works the figures out. */
export function benchReport({ full, half, invariants }: BenchResult): BenchReport {
  const orders = Math.max(1, full.counts.ordersAnswered);
  const cpu = [...full.cpuMicros].map(([name, micros]) => [name, round(micros / orders)] as const);
  const total = round(cpu.reduce((sum, [, micros]) => sum + micros, 0));
  return {
    ordersPerSecond: Math.round(full.counts.ordersAnswered / full.seconds),
    tradesPerSecond: Math.round(full.counts.trades / full.seconds),
    answerMs: percentiles(full.answers),
    settledMs: percentiles(full.settled),
    halfLoad: {
      ordersPerSecond: Math.round(half.counts.ordersAnswered / half.seconds),
      answerMs: percentiles(half.answers),
      settledMs: percentiles(half.settled),
    },
    cpuMicrosPerOrder: { total, ...Object.fromEntries(cpu) },
    memoryMegabytes: Object.fromEntries(
      [...half.memoryBytes].map(([name, bytes]) => [name, round(bytes / 2 ** 20)]),
    ),
    journals: journalFigures(full, orders),
    rejected: Object.fromEntries(full.counts.rejected),
    errors: Object.fromEntries(full.counts.errors),
    invariants,
  };
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
    `CPU µs an order: ${pairs(report.cpuMicrosPerOrder)}`,
    `memory MB: ${pairs(report.memoryMegabytes)}`,
    ...Object.entries(report.journals).map(([name, figures]) => `journal ${name}: ${pairs(figures)}`),
    `rejected: ${pairs(report.rejected) || 'none'}   errors: ${pairs(report.errors) || 'none'}`,
    `invariants: ${held} of ${Object.keys(report.invariants).length} hold`,
  ].join('\n');
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
