import { trading } from '@clearway/contracts';
import { openReconciliationClients, reconcile } from '@clearway/platform-reconciliation';
import { createRpcClient, type RpcClient, type RpcLog } from '@clearway/platform-rpc';
import {
  operatorTls,
  participantTls,
  type StackDescription,
  type Usage,
  usageOf,
} from '@clearway/platform-stack';
import { type LoadLane, newPhase } from './load-lane';
import { LoadStream } from './load-stream';
import type { BenchMarket } from './market';
import { type CommandFlow, OrderFlow } from './order-flow';
import { UnaryLane } from './unary-lane';

/** For connections whose troubles show in the figures. */
export const SILENT: RpcLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** Orders among four commands and the cancel that follows two of them, about. */
export const COMMANDS_PER_ORDER = 1.5;

const RATE_TICK_MS = 10;
const REST_TIMEOUT_MS = 120_000;

/** A client of trading. */
export type TradingClient = RpcClient<typeof trading.TradingServiceService>;

/** Makes what one participant sends. */
export type FlowOf = (
  participant: string,
  accounts: readonly string[],
  symbols: readonly string[],
) => CommandFlow;

/** The lanes of all participants. */
export interface OpenLanes {
  readonly lanes: readonly LoadLane[];
  readonly clients: readonly TradingClient[];
  /** Settles when every lane has ended. */
  readonly ended: Promise<unknown>;
}

/** Opens a lane for each participant; together they keep `window` commands unanswered from now on. */
export function openLanes(
  stack: StackDescription,
  market: BenchMarket,
  { window, isUnary }: { readonly window: number; readonly isUnary: boolean },
  flowOf: FlowOf = (participant, accounts, symbols) => new OrderFlow(participant, accounts, symbols),
): OpenLanes {
  const phase = newPhase();
  const clients: TradingClient[] = [];
  const Lane = isUnary ? UnaryLane : LoadStream;
  const lanes = [...market.accounts].map(([participant, accounts]): LoadLane => {
    const tls = participantTls(stack, participant);
    const options = { address: stack.services.trading, tls, expect: 'svc/trading' as const, log: SILENT };
    const client = createRpcClient(trading.TradingServiceClient, options);
    clients.push(client);
    const flow = flowOf(participant, accounts, market.symbols);
    return new Lane(client, flow, phase, Math.ceil(window / market.accounts.size));
  });
  const ended = Promise.all(lanes.map((lane) => lane.run()));
  for (const lane of lanes) lane.enter(phase, Math.ceil(window / lanes.length));
  return { lanes, clients, ended };
}

/** Connects to trading as the operator. */
export function operatorClient(stack: StackDescription): TradingClient {
  const options = {
    address: stack.services.trading,
    tls: operatorTls(stack),
    expect: 'svc/trading' as const,
    log: SILENT,
  };
  return createRpcClient(trading.TradingServiceClient, options);
}

/** The load generator's own process counts as one of them; those of somebody else's stack (process 0) are not known. */
export function usage(stackPid: number): Map<string, Usage> {
  const { user, system } = process.cpuUsage();
  const own = { cpuMicros: user + system, memoryBytes: process.memoryUsage.rss() };
  const others = stackPid === 0 ? [] : usageOf(stackPid);
  return new Map([...others, ['load-generator', own]]);
}

/** Sends at a steady rate over all lanes, whatever is unanswered; what it gives ends it. */
export function sendAtRate(lanes: readonly LoadLane[], commandsPerSecond: number): () => void {
  const startedAtMs = performance.now();
  let sent = 0;
  let turn = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAtMs) / 1_000) * commandsPerSecond);
    const lane = lanes[turn++ % lanes.length];
    if (lane && due > sent) lane.send(due - sent);
    sent = Math.max(sent, due);
  }, RATE_TICK_MS);
  return () => clearInterval(timer);
}

/** Waits for rest and evaluates every invariant. */
export async function checkInvariants(stack: StackDescription): Promise<Record<string, boolean>> {
  const clients = openReconciliationClients({
    addresses: stack.services,
    tls: operatorTls(stack),
    log: SILENT,
  });
  const { results } = await reconcile(clients, { restTimeoutMs: REST_TIMEOUT_MS });
  clients.close();
  return Object.fromEntries(results.map(({ name, holds }) => [name, holds]));
}
