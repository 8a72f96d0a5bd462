import { setTimeout as sleep } from 'node:timers/promises';
import { trading } from '@clearway/contracts';
import { type InvariantResult, invariant } from '@clearway/kernel';
import {
  openReconciliationClients,
  type ReconciliationClients,
  reconcile,
  type SystemState,
} from '@clearway/platform-reconciliation';
import { createRpcClient, type RpcLog } from '@clearway/platform-rpc';
import { operatorTls, participantTls, type StackDescription } from '@clearway/platform-stack';
import { OrderMessages } from './entry/order-messages';
import { ReplayRun } from './entry/replay-run';
import { prepareMarket, type ReplayMarket } from './market/prepare-market';
import { participantName } from './market/replay-accounts';
import { QUOTE_ASSET } from './market/replay-terms';
import { orderCommands } from './plan/command-order';
import type { ReplayPlan } from './plan/replay-command';
import { countJournals } from './report/journal-stats';
import { ProgressLine, type ProgressSink } from './report/progress-line';
import { makeReport, type ReplayReport } from './report/replay-report';
import { ReplayTally } from './report/replay-tally';

/** What a replay is made with. */
export interface ReplayWishes {
  readonly plan: ReplayPlan;
  readonly rows: number;
  readonly symbol: string | undefined;
  /** True when nobody else trades on the stack, so that what was settled meanwhile must be what the replay filled. */
  readonly isAlone: boolean;
  readonly progress: ProgressSink;
  readonly signal: AbortSignal;
}

/** How far commands may run ahead of the oldest one that is unanswered. */
const WINDOW_COMMANDS = 1_000;
const LAST_REPORTS_TIMEOUT_MS = 5_000;
const LAST_REPORTS_POLL_MS = 50;
const SILENT: RpcLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Replays a plan on a stack and checks the system afterwards: market, order entry, reconciliation, report. */
export async function replay(stack: StackDescription, wishes: ReplayWishes): Promise<ReplayReport> {
  const clients = openReconciliationClients({
    addresses: stack.services,
    tls: operatorTls(stack),
    log: SILENT,
  });
  try {
    const runId = `r${Date.now().toString(36)}`;
    const market = await prepareMarket(clients, { ...wishes, runId });
    return await replayOn(stack, clients, market, wishes);
  } finally {
    clients.close();
  }
}

async function replayOn(
  stack: StackDescription,
  clients: ReconciliationClients,
  market: ReplayMarket,
  wishes: ReplayWishes,
): Promise<ReplayReport> {
  const { plan, signal } = wishes;
  const messages = new OrderMessages(plan.commands, market);
  const tally = new ReplayTally(plan, messages);
  const before = { settled: await settledMinor(clients), journals: await countJournals(stack.postgres) };
  const run = new ReplayRun({
    plan,
    order: orderCommands(plan, WINDOW_COMMANDS),
    messages,
    tally,
    symbol: market.symbol,
    traders: openTraders(stack, plan.participantCount),
    tradingAdmin: clients.tradingAdmin,
  });
  const progress = new ProgressLine(wishes.progress, plan.commands.length, () => run.done);
  const startedAtMs = performance.now();
  progress.start();
  try {
    await run.run(signal);
  } finally {
    progress.stop();
  }
  const elapsedMs = performance.now() - startedAtMs;
  await lastReports(tally);
  run.close();
  const { state, results } = await reconcile(clients);
  const settled = await settledMinor(clients);
  const settledDuring = { buy: settled.buy - before.settled.buy, sell: settled.sell - before.settled.sell };
  return makeReport({
    symbol: market.symbol,
    rows: wishes.rows,
    plan,
    tally,
    comparison: tally.compare(),
    elapsedMs,
    reconnects: run.reconnects,
    commandsPutOff: run.putOff,
    commandsAskedAgain: run.askedAgain,
    settledMinor: settledDuring,
    journals: { before: before.journals, after: await countJournals(stack.postgres) },
    state,
    invariants: [
      ...results,
      settledOnce(tally, settledDuring, wishes.isAlone && run.reconnects === 0, state),
    ],
  });
}

/** Opens a connection for each participant, with its own certificate. */
function openTraders(stack: StackDescription, count: number) {
  return Array.from({ length: count }, (_, participant) =>
    createRpcClient(trading.TradingServiceClient, {
      address: stack.services.trading,
      tls: participantTls(stack, participantName(participant)),
      expect: 'svc/trading',
      log: SILENT,
    }),
  );
}

/** Reports of makers follow the acknowledgements of takers; waits until both sides of each trade were told, or not for ever. */
async function lastReports(tally: ReplayTally): Promise<void> {
  const deadlineMs = Date.now() + LAST_REPORTS_TIMEOUT_MS;
  while (tally.fillsHalfTold > 0 && Date.now() < deadlineMs) await sleep(LAST_REPORTS_POLL_MS);
}

interface Settled {
  readonly buy: bigint;
  readonly sell: bigint;
}

async function settledMinor({ clearingAdmin }: ReconciliationClients): Promise<Settled> {
  const ledger = await clearingAdmin.call('listLedgerBalances', {}, { idempotent: true, timeoutMs: 20_000 });
  return {
    buy: ledger.settledBuyMinor[QUOTE_ASSET] ?? 0n,
    sell: ledger.settledSellMinor[QUOTE_ASSET] ?? 0n,
  };
}

/**
 * What clearing settled meanwhile is what the replay's participants were told of, on either side: each fill once. When others
 * traded too, or a broken stream left fills untold (`isExact` false), it can only be more.
 */
function settledOnce(
  tally: ReplayTally,
  { buy, sell }: Settled,
  isExact: boolean,
  state: SystemState,
): InvariantResult {
  const filled = tally.valueMinor;
  const isRight = (settled: bigint): boolean => (isExact ? settled === filled : settled >= filled);
  const found = [
    ...(isRight(buy) ? [] : [`filled ${filled}, settled buys ${buy}`]),
    ...(isRight(sell) ? [] : [`filled ${filled}, settled sells ${sell}`]),
    ...(state.clearing.ok ? [] : ['clearing was not read']),
  ];
  return invariant('replayed-fills-settled-once', found);
}
