import type { InvariantResult } from '@clearway/kernel';
import type { SystemState } from '@clearway/platform-reconciliation';
import type { ReplayPlan } from '../plan/replay-command';
import type { JournalCounts } from './journal-stats';
import type { FillComparison, ReplayTally } from './replay-tally';

/** Commits and events of one journal during the replay. */
export interface JournalGrowth {
  readonly commits: number;
  readonly events: number;
  /** Events a commit, to two places. */
  readonly eventsPerCommit: number;
}

/** What a replay came to: what `--json` prints, and what the closing table shows. */
export interface ReplayReport {
  readonly symbol: string;
  readonly rows: number;
  readonly participants: number;
  readonly orders: number;
  readonly cancels: number;
  readonly cancelsTooLate: number;
  readonly fills: number;
  /** Fills against those that the data names. */
  readonly fillsAsPlanned: number;
  readonly fillsMissing: number;
  readonly fillsElsewhere: number;
  /** Fills of which a broken stream left one side untold. */
  readonly fillsHalfTold: number;
  /** Rejected orders and refused commands by reason. */
  readonly rejects: Readonly<Record<string, number>>;
  readonly elapsedSeconds: number;
  readonly rowsPerSecond: number;
  readonly ordersPerSecond: number;
  readonly commandsPerSecond: number;
  readonly reconnects: number;
  readonly commandsPutOff: number;
  readonly commandsAskedAgain: number;
  /** Value of the fills, and what clearing settled during the replay by side, in cents of the quote asset. */
  readonly filledMinor: string;
  readonly settledBuyMinor: string;
  readonly settledSellMinor: string;
  /** Audit entries and journal events of the services it follows, after the replay. */
  readonly auditEntries: number;
  readonly journalEvents: number;
  /** By service, when the databases can be read. */
  readonly journals: Readonly<Record<string, JournalGrowth>>;
  readonly invariants: Readonly<Record<string, boolean>>;
  /** Details of the invariants that do not hold. */
  readonly breaks: Readonly<Record<string, string>>;
  /** How the rows became commands. */
  readonly plan: ReplayPlan['figures'];
}

/** Everything that a report is made of. */
export interface ReportFacts {
  readonly symbol: string;
  readonly rows: number;
  readonly plan: ReplayPlan;
  readonly tally: ReplayTally;
  readonly comparison: FillComparison;
  readonly elapsedMs: number;
  readonly reconnects: number;
  readonly commandsPutOff: number;
  readonly commandsAskedAgain: number;
  readonly settledMinor: { readonly buy: bigint; readonly sell: bigint };
  readonly journals: { readonly before: JournalCounts; readonly after: JournalCounts };
  readonly state: SystemState;
  readonly invariants: readonly InvariantResult[];
}

/** Reasons that the data itself explains: an order during a halt that the data shows. */
const EXPLAINED_BY_HALT = 'INSTRUMENT_HALTED';

/** Puts the figures of a replay together. */
export function makeReport(facts: ReportFacts): ReplayReport {
  const { plan, tally, comparison, state, invariants } = facts;
  const seconds = facts.elapsedMs / 1000;
  const perSecond = (count: number): number => Math.round(count / seconds);
  const entries = state.audit.ok ? [...state.audit.value.coverage.values()] : [];
  return {
    symbol: facts.symbol,
    rows: facts.rows,
    participants: plan.participantCount,
    orders: tally.ordersAnswered,
    cancels: tally.cancelsAnswered,
    cancelsTooLate: tally.cancelsTooLate,
    fills: tally.fills,
    fillsAsPlanned: comparison.asPlanned,
    fillsMissing: comparison.missing,
    fillsElsewhere: comparison.elsewhere,
    fillsHalfTold: comparison.halfTold,
    rejects: Object.fromEntries(tally.rejects),
    elapsedSeconds: Math.round(facts.elapsedMs) / 1000,
    rowsPerSecond: perSecond(facts.rows),
    ordersPerSecond: perSecond(tally.ordersAnswered),
    commandsPerSecond: perSecond(plan.commands.length),
    reconnects: facts.reconnects,
    commandsPutOff: facts.commandsPutOff,
    commandsAskedAgain: facts.commandsAskedAgain,
    filledMinor: `${tally.valueMinor}`,
    settledBuyMinor: `${facts.settledMinor.buy}`,
    settledSellMinor: `${facts.settledMinor.sell}`,
    auditEntries: entries.reduce((sum, count) => sum + count, 0),
    journalEvents: journalEvents(state),
    journals: growth(facts.journals),
    invariants: Object.fromEntries(invariants.map(({ name, holds }) => [name, holds])),
    breaks: Object.fromEntries(
      invariants.filter(({ holds }) => !holds).map(({ name, detail }) => [name, detail]),
    ),
    plan: plan.figures,
  };
}

/** True when every invariant holds and no order was refused for a reason that the data does not show. */
export function isSound(report: ReplayReport): boolean {
  const unexplained = Object.keys(report.rejects).filter(
    (code) => code !== EXPLAINED_BY_HALT || report.plan.rowsStatus === 0,
  );
  return unexplained.length === 0 && Object.keys(report.breaks).length === 0;
}

function journalEvents({ trading, risk, clearing }: SystemState): number {
  return [trading, risk, clearing].reduce(
    (sum, read) => sum + (read.ok ? read.value.position.nextEvent : 0),
    0,
  );
}

function growth({ before, after }: ReportFacts['journals']): Record<string, JournalGrowth> {
  const grown = [...after].map(([service, count]) => {
    const earlier = before.get(service) ?? { batches: 0, events: 0 };
    const commits = count.batches - earlier.batches;
    const events = count.events - earlier.events;
    const eventsPerCommit = commits === 0 ? 0 : Math.round((events / commits) * 100) / 100;
    return [service, { commits, events, eventsPerCommit }] as const;
  });
  return Object.fromEntries(grown);
}
