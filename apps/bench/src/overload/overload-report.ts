import type { OverloadPhaseResult, OverloadResult, OverloadWishes } from './run-overload';

/** The JSON object that the command prints. */
export interface OverloadReport {
  readonly factor: number;
  readonly deadlineMs: number;
  /** Orders a second accepted and answered within the deadline. */
  readonly peakPerSecond: number;
  readonly goodputPerSecond: number;
  /** Goodput as a share of the peak. */
  readonly goodputShare: number;
  readonly peak: Figures;
  readonly overload: Figures;
  readonly recoveredSeconds: number | null;
  readonly lookedUp: number;
  readonly missing: number;
  readonly invariants: Readonly<Record<string, boolean>>;
}

interface Figures {
  readonly answerMs: { readonly p50: number; readonly p99: number; readonly slowest: number };
  readonly inTimePerSecond: number;
  readonly latePerSecond: number;
  readonly expiredPerSecond: number;
  readonly refusedPerSecond: number;
  readonly refusedWithoutHint: number;
  readonly otherRefusals: Readonly<Record<string, number>>;
  readonly memoryMegabytesMax: Readonly<Record<string, number>>;
  /** Share of one processor that each process used. */
  readonly cpuShare: Readonly<Record<string, number>>;
}

/** What must be so at an overload. */
const GOODPUT_SHARE_MIN = 0.9;
const RECOVERED_SECONDS_MAX = 10;
/** A process may have this much more memory under overload than at the peak. */
const MEMORY_GROWTH_MAX = 2;

/** Works the figures out. */
export function overloadReport(result: OverloadResult, wishes: OverloadWishes): OverloadReport {
  const peak = figuresOf(result.peak);
  const overload = figuresOf(result.overload);
  return {
    factor: wishes.factor,
    deadlineMs: wishes.deadlineMs,
    peakPerSecond: peak.inTimePerSecond,
    goodputPerSecond: overload.inTimePerSecond,
    goodputShare: round(overload.inTimePerSecond / Math.max(1, peak.inTimePerSecond), 100),
    peak,
    overload,
    recoveredSeconds: result.recoveredSeconds ?? null,
    lookedUp: result.lookedUp,
    missing: result.missing.length,
    invariants: result.invariants,
  };
}

/** What is not as it must be under an overload; empty when all is well. */
export function overloadProblems(report: OverloadReport): string[] {
  const { overload, peak, goodputShare, recoveredSeconds, missing } = report;
  const grown = Object.entries(overload.memoryMegabytesMax).filter(
    ([name, megabytes]) => megabytes > MEMORY_GROWTH_MAX * (peak.memoryMegabytesMax[name] ?? megabytes),
  );
  const late = overload.latePerSecond + overload.expiredPerSecond;
  return [
    ...(goodputShare < GOODPUT_SHARE_MIN ? [`goodput is ${goodputShare} of the peak`] : []),
    ...(late > 0
      ? [`${late} orders a second were accepted and not answered within ${report.deadlineMs} ms`]
      : []),
    ...(overload.refusedPerSecond === 0 ? ['nothing was refused: that was no overload'] : []),
    ...(overload.refusedWithoutHint > 0
      ? [`${overload.refusedWithoutHint} refusals without a time to try again`]
      : []),
    ...Object.entries(overload.otherRefusals).map(([reason, count]) => `${count} refusals with ${reason}`),
    ...grown.map(([name, megabytes]) => `the memory of ${name} grew to ${megabytes} MB`),
    ...(recoveredSeconds === null || recoveredSeconds > RECOVERED_SECONDS_MAX
      ? [`not back to normal within ${RECOVERED_SECONDS_MAX} s (${recoveredSeconds ?? 'never'})`]
      : []),
    ...(missing > 0 ? [`${missing} accepted orders are not there`] : []),
    ...Object.entries(report.invariants).flatMap(([name, holds]) =>
      holds ? [] : [`the invariant ${name} does not hold`],
    ),
  ];
}

/** The report for people. */
export function overloadTable(report: OverloadReport): string {
  const row = (name: string, figures: Figures): string =>
    `${name.padEnd(12)} in time ${figures.inTimePerSecond}/s  late ${figures.latePerSecond}/s  expired ${figures.expiredPerSecond}/s  ` +
    `refused ${figures.refusedPerSecond}/s  answer ms P50 ${figures.answerMs.p50} P99 ${figures.answerMs.p99} max ${figures.answerMs.slowest}`;
  const held = Object.values(report.invariants).filter((holds) => holds).length;
  return [
    row('peak', report.peak),
    row(`${report.factor} × peak`, report.overload),
    `goodput ${Math.round(report.goodputShare * 100)} % of the peak (answered within ${report.deadlineMs} ms)`,
    `back to normal after ${report.recoveredSeconds ?? 'more than 60'} s`,
    `memory MB at most, peak → overload: ${memory(report)}`,
    `share of a processor, peak → overload: ${shares(report)}`,
    `accepted orders looked up: ${report.lookedUp}, missing: ${report.missing}`,
    `invariants: ${held} of ${Object.keys(report.invariants).length} hold`,
  ].join('\n');
}

function figuresOf(result: OverloadPhaseResult): Figures {
  const { seconds, tally, answerMsP50, answerMsP99, memoryBytesMax, cpuMicros } = result;
  const perSecond = (count: number): number => round(count / seconds, 10);
  return {
    answerMs: { p50: Math.round(answerMsP50), p99: Math.round(answerMsP99), slowest: tally.slowestMs },
    inTimePerSecond: perSecond(tally.inTime),
    latePerSecond: perSecond(tally.late),
    expiredPerSecond: perSecond(tally.expired),
    refusedPerSecond: perSecond(tally.refused),
    refusedWithoutHint: tally.refusedWithoutHint,
    otherRefusals: Object.fromEntries(tally.otherRefusals),
    cpuShare: Object.fromEntries(
      [...cpuMicros].map(([name, micros]) => [name, round(micros / 1e6 / seconds, 100)]),
    ),
    memoryMegabytesMax: Object.fromEntries(
      [...memoryBytesMax].map(([name, bytes]) => [name, Math.round(bytes / 2 ** 20)]),
    ),
  };
}

function memory({ peak, overload }: OverloadReport): string {
  return Object.entries(overload.memoryMegabytesMax)
    .map(([name, megabytes]) => `${name} ${peak.memoryMegabytesMax[name] ?? '–'} → ${megabytes}`)
    .join('  ');
}

function shares({ peak, overload }: OverloadReport): string {
  return Object.entries(overload.cpuShare)
    .map(([name, share]) => `${name} ${peak.cpuShare[name] ?? '–'} → ${share}`)
    .join('  ');
}

function round(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
