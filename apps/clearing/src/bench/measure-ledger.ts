import { clearingInvariants, legPostings } from '@clearway/domain-clearing';
import { unlessAborted } from '@clearway/platform-command';
import { usageOf } from '@clearway/platform-stack';
import { CONTEXT, type LedgerShard, withLedgerShard } from './ledger-shard';
import { LegFlow } from './leg-flow';

/** What to post, and how much at a time. */
export interface LedgerWishes {
  readonly seconds: number;
  readonly accounts: number;
  /** Trades in one command: what one call of trading's brings. */
  readonly tradesPerCommand: number;
  /** Commands unanswered at a time. */
  readonly window: number;
  /** Ends the measurement before its time. */
  readonly signal?: AbortSignal;
}

/** What one run showed. Every posting that it counts was answered, and so was on disk. */
export interface LedgerFigures {
  readonly postings: number;
  readonly seconds: number;
  readonly postingsPerSecond: number;
  readonly legsPerSecond: number;
  readonly commitsPerSecond: number;
  readonly postingsPerCommit: number;
  readonly journalBytesPerPosting: number;
  readonly commitMsAvg: number;
  /** CPU time a posting: the ledger's own process (one thread) and Postgres; empty of Postgres where there is no /proc. */
  readonly cpuMicrosPerPosting: Readonly<Record<'total' | 'ledger' | 'postgres', number>>;
  /** What one core would carry if it did the ledger's work and Postgres' alike. */
  readonly postingsPerSecondOfOneCore: number;
  readonly invariants: Readonly<Record<string, boolean>>;
}

interface Counted {
  readonly legs: number;
  readonly postings: number;
}

const WARM_UP_COMMANDS = 200;

/** Posts both legs of trades for the given time through clearing's machine and a journal with fsync, and counts what it took. */
export async function measureLedger(wishes: LedgerWishes): Promise<LedgerFigures> {
  return withLedgerShard(wishes.accounts, (shard) =>
    unlessAborted(wishes.signal, warmAndMeasured(shard, wishes)),
  );
}

async function warmAndMeasured(shard: LedgerShard, wishes: LedgerWishes): Promise<LedgerFigures> {
  const flow = new LegFlow(wishes.accounts);
  let warmUpLeft = WARM_UP_COMMANDS;
  await post(shard, flow, wishes, () => warmUpLeft-- > 0);
  return measured(shard, flow, wishes);
}

async function measured(shard: LedgerShard, flow: LegFlow, wishes: LedgerWishes): Promise<LedgerFigures> {
  const before = { stats: statsOf(shard), cpu: cpuOf() };
  const startedAtMs = performance.now();
  const deadlineMs = startedAtMs + wishes.seconds * 1_000;
  const { legs, postings } = await post(shard, flow, wishes, () => performance.now() < deadlineMs);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const after = { stats: statsOf(shard), cpu: cpuOf() };
  const commits = after.stats.batches - before.stats.batches;
  const ledger = (after.cpu.ledger - before.cpu.ledger) / postings;
  const postgres = (after.cpu.postgres - before.cpu.postgres) / postings;
  const results = await shard.read(clearingInvariants);
  return {
    postings,
    seconds: round(seconds),
    postingsPerSecond: Math.round(postings / seconds),
    legsPerSecond: Math.round(legs / seconds),
    commitsPerSecond: Math.round(commits / seconds),
    postingsPerCommit: Math.round(postings / Math.max(1, commits)),
    journalBytesPerPosting: round((after.stats.payloadBytes - before.stats.payloadBytes) / postings),
    commitMsAvg: round(after.stats.commitMsAvg),
    cpuMicrosPerPosting: {
      total: round(ledger + postgres),
      ledger: round(ledger),
      postgres: round(postgres),
    },
    postingsPerSecondOfOneCore: Math.round(1e6 / (ledger + postgres)),
    invariants: Object.fromEntries(results.map(({ name, holds }) => [name, holds])),
  };
}

/** Keeps a window of commands unanswered while `goesOn` says so, and counts the legs that were posted. */
async function post(
  shard: LedgerShard,
  flow: LegFlow,
  { tradesPerCommand, window }: LedgerWishes,
  goesOn: () => boolean,
): Promise<Counted> {
  let [legs, postings] = [0, 0];
  const lane = async (): Promise<void> => {
    while (goesOn()) {
      const command = flow.next(tradesPerCommand);
      const outcome = await shard.submit(command, CONTEXT);
      if (outcome.kind !== 'steps') throw new Error(`steps were answered with ${outcome.kind}`);
      const refused = outcome.results.find(({ status }) => status !== 'succeeded');
      if (refused !== undefined) throw new Error(`a leg was refused: ${JSON.stringify(refused)}`);
      legs += command.steps.length;
      for (const { action } of command.steps)
        if (action.kind === 'SettleLeg') postings += legPostings(action.leg).length;
    }
  };
  await Promise.all(Array.from({ length: window }, lane));
  return { legs, postings };
}

function statsOf(shard: LedgerShard) {
  const stats = shard.stats();
  if (stats === undefined) throw new Error('the shard does not serve');
  return stats;
}

function cpuOf(): { readonly ledger: number; readonly postgres: number } {
  const { user, system } = process.cpuUsage();
  let postgres = 0;
  for (const [name, { cpuMicros }] of usageOf(process.pid))
    if (name.startsWith('postgres')) postgres += cpuMicros;
  return { ledger: user + system, postgres };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
