import { setTimeout as sleep } from 'node:timers/promises';
import { clearing } from '@clearway/contracts';
import { formatDecimal } from '@clearway/kernel';
import type { ReconciliationClients } from '@clearway/platform-reconciliation';
import { RpcClient } from '@clearway/platform-rpc';
import type { ReplayPlan } from '../plan/replay-command';
import { type AccountFunding, dealAccounts, type ReplayAccounts } from './replay-accounts';
import {
  BASE_ASSET,
  freshSymbol,
  listingOf,
  PRICE_DECIMALS,
  QUOTE_ASSET,
  requireFitting,
  TAKER_FEE_BPS,
} from './replay-terms';

/** What a replay trades on. */
export interface ReplayMarket {
  readonly symbol: string;
  /** Distinguishes the keys of this run from those of any other. */
  readonly runId: string;
  readonly accounts: ReplayAccounts;
}

/** What is replayed, and on which instrument if that was asked for. */
export interface MarketWishes {
  readonly plan: ReplayPlan;
  readonly symbol: string | undefined;
  readonly runId: string;
}

const SAFE = { idempotent: true, timeoutMs: 30_000 } as const;
const DEPOSITS_AT_ONCE = 16;
const DEPOSIT_TIMEOUT_MS = 60_000;
const POLL_INTERVAL_MS = 200;

/** The widest that risk allows: what is replayed was real order flow, and only the data may explain a refusal. */
const ORDERS_PER_MINUTE_MAX = 4_294_967_295;
const PRICE_DEVIATION_BPS_MAX = 10_000;
const FAT_FINGER_MULTIPLE_MAX = 1_000_000;

/** Lists the instrument, widens its limits and funds the accounts, all through the public API as an operator. */
export async function prepareMarket(
  clients: ReconciliationClients,
  wishes: MarketWishes,
): Promise<ReplayMarket> {
  const { plan, runId } = wishes;
  const first = plan.commands.find((command) => command.kind === 'place');
  if (first?.kind !== 'place') throw new Error('there is nothing to replay: no row enters an order');
  const { instruments } = await clients.trading.call('listInstruments', {}, SAFE);
  const symbol = wishes.symbol ?? freshSymbol(new Set(instruments.map((listed) => listed.symbol)));
  const listed = instruments.find((instrument) => instrument.symbol === symbol);
  if (listed) requireFitting(listed);
  else
    await clients.tradingAdmin.call(
      'listInstrument',
      { instrument: listingOf(symbol, first.priceTicks) },
      SAFE,
    );
  await widenLimits(clients, symbol);
  const feeBps = listed ? Math.max(listed.makerFeeBps, listed.takerFeeBps) : TAKER_FEE_BPS;
  const accounts = dealAccounts(plan, feeBps);
  await fund(clients, accounts.fundings, runId);
  return { symbol, runId, accounts };
}

async function widenLimits({ riskAdmin }: ReconciliationClients, symbol: string): Promise<void> {
  const limits = {
    orderQtyMax: '',
    orderNotionalMax: '',
    positionMax: '',
    ordersPerMinuteMax: ORDERS_PER_MINUTE_MAX,
    priceDeviationBpsMax: PRICE_DEVIATION_BPS_MAX,
    fatFingerMultipleMax: FAT_FINGER_MULTIPLE_MAX,
  };
  await riskAdmin.call('setLimits', { account: '', symbol, baseAsset: '', quoteAsset: '', limits }, SAFE);
}

interface Deposit {
  readonly account: string;
  readonly asset: string;
  readonly amount: string;
}

async function fund(
  { clearingAdmin }: ReconciliationClients,
  fundings: readonly AccountFunding[],
  runId: string,
): Promise<void> {
  const client = new RpcClient(clearingAdmin.channel, clearing.ClearingServiceService);
  const queue = fundings.flatMap(depositsOf);
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) await deposit(client, next, runId);
  };
  await Promise.all(Array.from({ length: DEPOSITS_AT_ONCE }, worker));
}

function depositsOf({ account, cashMinor, shares }: AccountFunding): Deposit[] {
  const cash = { account, asset: QUOTE_ASSET, amount: formatDecimal(cashMinor, PRICE_DECIMALS) };
  const securities = { account, asset: BASE_ASSET, amount: `${shares}` };
  return [...(cashMinor > 0n ? [cash] : []), ...(shares > 0n ? [securities] : [])];
}

/** Deposits once: the same key is asked with until the transfer has ended. */
async function deposit(
  client: RpcClient<typeof clearing.ClearingServiceService>,
  { account, asset, amount }: Deposit,
  runId: string,
): Promise<void> {
  const request = { account, requestId: `${runId}-${asset}`, asset, amount, bankReference: 'replay' };
  const deadlineMs = Date.now() + DEPOSIT_TIMEOUT_MS;
  for (;;) {
    const { transfer } = await client.call('deposit', request, SAFE);
    const status = transfer?.status;
    if (status === clearing.TransferStatus.TRANSFER_STATUS_COMPLETED) return;
    if (status === clearing.TransferStatus.TRANSFER_STATUS_REFUSED || Date.now() > deadlineMs) {
      const reasons = transfer?.reasons.map(({ code }) => code).join(', ') ?? '';
      throw new Error(
        `the deposit of ${amount} ${asset} to ${account} was not made: ${reasons || 'still pending'}`,
      );
    }
    await sleep(POLL_INTERVAL_MS);
  }
}
