import { trading } from '@clearway/contracts';
import {
  accountOf,
  type Cluster,
  type ClusterOptions,
  openMarket,
  type Peer,
  startCluster,
} from '@clearway/testing';
import { loadSettings } from './config';

export {
  accountOf,
  deposit,
  lookUp,
  ORD_TYPE_LIMIT,
  ORD_TYPE_MARKET,
  openMarket,
  order,
  SIDE_BUY,
  SIDE_SELL,
  SYMBOL,
  TIME_IN_FORCE_FOK,
  TIME_IN_FORCE_GTC,
  TIME_IN_FORCE_IOC,
  TIME_IN_FORCE_UNSPECIFIED,
  TRADING_STATUS_HALTED,
  TRADING_STATUS_OPEN,
} from '@clearway/testing';

/** Starts a cluster in which AMZN is listed and every participant has 1,000,000 USD and 10,000 AMZN. */
export async function startMarket(options: ClusterOptions): Promise<Cluster> {
  const { logFile } = loadSettings();
  const cluster = await startCluster({ ...options, ...(logFile === undefined ? {} : { logFile }) });
  try {
    await openMarket(cluster.operator, options.participants);
    return cluster;
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

/** An order as the tests look at it: the status by its FIX name, the reasons by their codes. */
export interface SeenOrder {
  readonly status: string;
  readonly cum: string;
  readonly leaves: string;
  readonly reasons: readonly string[];
}

/** Shortens an order to what a test compares. */
export function seen(found: trading.Order | undefined): SeenOrder {
  if (found === undefined) throw new Error('the answer has no order');
  return {
    status: trading.OrdStatus[found.ordStatus].replace('ORD_STATUS_', ''),
    cum: found.cumQty,
    leaves: found.leavesQty,
    reasons: found.reasons.map(({ code }) => code),
  };
}

/** Places an order and shortens the answer. */
export async function place(peer: Peer, request: trading.PlaceOrderRequest): Promise<SeenOrder> {
  const answer = await peer.trading.call('placeOrder', request, { timeoutMs: 15_000 });
  return seen(answer.order);
}

/** Funds of an account at risk, by asset. */
export async function fundsOf(
  operator: Peer,
  participant: string,
): Promise<Record<string, { total: string; held: string }>> {
  const { funds } = await operator.risk.call('getAccountRisk', { account: accountOf(participant) });
  return Object.fromEntries(funds.map(({ asset, total, held }) => [asset, { total, held }]));
}

/** Settled balances of an account at clearing, by asset. */
export async function balancesOf(operator: Peer, participant: string): Promise<Record<string, string>> {
  const request = { account: accountOf(participant), asOfMicros: 0 };
  const { balances } = await operator.clearing.call('getBalances', request);
  return Object.fromEntries(balances.map(({ asset, amount }) => [asset, amount]));
}

/** Places an order on an order-entry stream of its own and waits for its acknowledgement. */
export async function placeInStream(peer: Peer, request: trading.PlaceOrderRequest): Promise<void> {
  const stream = peer.trading.duplex('streamOrders');
  const command = { $case: 'place' as const, value: request };
  stream.write({ cancelOnDisconnect: false, acksOnly: true, commands: [{ requestId: 1, command }] });
  await stream.receive(() => stream.end());
}
