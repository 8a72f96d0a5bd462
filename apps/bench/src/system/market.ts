import { clearing, risk, trading } from '@clearway/contracts';
import { createRpcClient, type RpcLog } from '@clearway/platform-rpc';
import { operatorTls, type StackDescription } from '@clearway/platform-stack';

/** Accounts and instruments that the bench trades with. */
export interface BenchMarket {
  readonly symbols: readonly string[];
  /** Accounts by participant. */
  readonly accounts: ReadonlyMap<string, readonly string[]>;
}

const BASE_ASSET = 'AMZN';
const QUOTE_ASSET = 'USD';
const PARTICIPANTS = 8;
/** Plenty for an hour: what is measured is not a lack of money. */
const USD_PER_ACCOUNT = '1000000000.00';
const SHARES_PER_ACCOUNT = '10000000';
const DEPOSITS_AT_A_TIME = 200;
const RATE_UNLIMITED = 4_294_967_295;
const BPS_MAX = 10_000;
const MULTIPLE_MAX = 1_000_000;

/** Lists the instruments, funds the accounts and opens their limits: the rules still run on each order. */
export async function prepareMarket(
  stack: StackDescription,
  wishes: { readonly accounts: number; readonly instruments: number; readonly run: string },
  log: RpcLog,
): Promise<BenchMarket> {
  const tls = operatorTls(stack);
  const { services } = stack;
  const toTrading = createRpcClient(trading.TradingAdminServiceClient, {
    address: services.trading,
    tls,
    expect: 'svc/trading',
    log,
  });
  const toRisk = createRpcClient(risk.RiskAdminServiceClient, {
    address: services.risk,
    tls,
    expect: 'svc/risk',
    log,
  });
  const toClearing = createRpcClient(clearing.ClearingServiceClient, {
    address: services.clearing,
    tls,
    expect: 'svc/clearing',
    log,
  });
  const symbols = Array.from({ length: wishes.instruments }, (_, index) =>
    `B${wishes.run}${index}`.toUpperCase(),
  );
  for (const symbol of symbols) await toTrading.call('listInstrument', { instrument: instrument(symbol) });
  const limits = {
    orderQtyMax: '',
    orderNotionalMax: '',
    positionMax: '',
    ordersPerMinuteMax: RATE_UNLIMITED,
    priceDeviationBpsMax: BPS_MAX,
    fatFingerMultipleMax: MULTIPLE_MAX,
  };
  for (const symbol of symbols) {
    await toRisk.call('setLimits', { account: '', symbol, baseAsset: '', quoteAsset: '', limits });
  }
  const accounts = accountsOf(wishes.accounts, wishes.run);
  const deposits = [...accounts.values()]
    .flat()
    .flatMap((account) => [
      deposit(account, QUOTE_ASSET, USD_PER_ACCOUNT),
      deposit(account, BASE_ASSET, SHARES_PER_ACCOUNT),
    ]);
  for (let from = 0; from < deposits.length; from += DEPOSITS_AT_A_TIME) {
    const some = deposits.slice(from, from + DEPOSITS_AT_A_TIME);
    const answers = await Promise.all(some.map((request) => toClearing.call('deposit', request)));
    const failed = answers.find(
      ({ transfer }) => transfer?.status !== clearing.TransferStatus.TRANSFER_STATUS_COMPLETED,
    );
    if (failed) throw new Error(`a deposit of ${failed.transfer?.account} did not complete`);
  }
  for (const client of [toTrading, toRisk, toClearing]) client.close();
  return { symbols, accounts };
}

function accountsOf(count: number, run: string): Map<string, string[]> {
  const accounts = new Map<string, string[]>();
  for (let index = 0; index < count; index += 1) {
    const participant = `replay-0${1 + (index % PARTICIPANTS)}`;
    const own = accounts.get(participant) ?? [];
    own.push(`${participant}.${run}-${index}`);
    accounts.set(participant, own);
  }
  return accounts;
}

function deposit(account: string, asset: string, amount: string): clearing.DepositRequest {
  return { account, requestId: `bench-${asset}`, asset, amount, bankReference: 'bench' };
}

function instrument(symbol: string): trading.Instrument {
  return {
    symbol,
    baseAsset: BASE_ASSET,
    quoteAsset: QUOTE_ASSET,
    tickSize: '0.01',
    lotSize: '1',
    baseDecimals: 0,
    quoteDecimals: 2,
    referencePrice: '100.00',
    makerFeeBps: 1,
    takerFeeBps: 2,
    tradingStatus: 0,
    lastPrice: '',
  };
}
