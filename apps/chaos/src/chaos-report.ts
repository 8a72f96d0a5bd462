import type { ChaosResult, FaultRecord } from './run-chaos';

/** The JSON object that `npm run chaos` prints. */
export interface ChaosReport {
  readonly seed: number;
  /** How often each kind of fault happened. */
  readonly faults: Readonly<Record<string, number>>;
  readonly skipped: readonly string[];
  readonly ordersAcknowledged: number;
  readonly cancelsAcknowledged: number;
  /** Acknowledged orders and cancels that were not found, or not as acknowledged. */
  readonly ordersLost: number;
  /** The longest time in which no order was answered. */
  readonly longestOutageMs: number;
  readonly endings: Readonly<Record<string, number>>;
  readonly invariants: Readonly<Record<string, boolean>>;
}

/** After a fault the system may need so long before an outage is counted as another one's. */
const AFTERMATH_MS = 1_000;

/** Shortens a run to its report. */
export function chaosReport(result: ChaosResult): ChaosReport {
  const { seed, skipped, ordersAcknowledged, cancelsAcknowledged, endings } = result;
  return {
    seed,
    faults: Object.fromEntries([...byName(result)].map(([name, records]) => [name, records.length])),
    skipped,
    ordersAcknowledged,
    cancelsAcknowledged,
    ordersLost: result.lost.length,
    longestOutageMs: Math.round(Math.max(0, ...result.outages.map(({ lengthMs }) => lengthMs))),
    endings,
    invariants: Object.fromEntries(result.invariants.map(({ name, holds }) => [name, holds])),
  };
}

/** The report for people: kinds of faults with how often they happened and the longest outage around them. */
export function chaosTable(result: ChaosResult): string {
  const report = chaosReport(result);
  const held = result.invariants.filter(({ holds }) => holds).length;
  const rows = [...byName(result)].map(([name, records]) => {
    const longest = Math.max(0, ...records.map((record) => outageAround(result, record)));
    return `  ${name.padEnd(42)} ${String(records.length).padStart(4)}   ${String(longest).padStart(6)} ms`;
  });
  return [
    `seed ${result.seed}: ${result.faults.length} faults; kind, how often, longest time without an answered order around it`,
    ...rows.sort(),
    ...result.skipped.map((line) => `  cannot happen here: ${line}`),
    `services that ended by themselves: ${pairs(result.endings) || 'none'}`,
    `acknowledged: ${report.ordersAcknowledged} orders, ${report.cancelsAcknowledged} cancels; lost: ${report.ordersLost}`,
    `longest outage: ${report.longestOutageMs} ms`,
    `invariants: ${held} of ${result.invariants.length} hold`,
  ].join('\n');
}

/** What makes a run a failed one, a line each. */
export function chaosProblems({ lost, invariants, ordersAcknowledged }: ChaosResult): string[] {
  const broken = invariants.filter(({ holds }) => !holds);
  return [
    ...(ordersAcknowledged === 0 ? ['no order was acknowledged at all'] : []),
    ...lost.map((line) => `lost: ${line}`),
    ...broken.map(({ name, detail }) => `the invariant ${name} does not hold: ${detail}`),
  ];
}

function byName({ faults }: ChaosResult): ReadonlyMap<string, readonly FaultRecord[]> {
  const groups = new Map<string, FaultRecord[]>();
  for (const record of faults) groups.set(record.name, [...(groups.get(record.name) ?? []), record]);
  return groups;
}

function outageAround({ outages }: ChaosResult, { startedAtMs, endedAtMs }: FaultRecord): number {
  const around = outages.filter(
    (outage) =>
      outage.startedAtMs < endedAtMs + AFTERMATH_MS && outage.startedAtMs + outage.lengthMs > startedAtMs,
  );
  return Math.round(Math.max(0, ...around.map(({ lengthMs }) => lengthMs)));
}

function pairs(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} × ${count}`)
    .join(', ');
}
