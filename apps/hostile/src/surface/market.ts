import { clearing, trading } from '@clearway/contracts';
import { openReconciliationClients, reconcile } from '@clearway/platform-reconciliation';
import { tlsFilesOf } from '@clearway/platform-rpc';
import {
  type Cluster,
  type Peer,
  SECOND_OPERATOR,
  SERVICES,
  SILENT_LOG,
  startCluster,
  until,
} from '@clearway/testing';

/** Who trades: alice is attacked, bob attacks, carol shows afterwards that honest orders still work. */
export const PARTICIPANTS = ['alice', 'bob', 'carol'] as const;
const SYMBOL = 'AMZN';
const { TRADING_STATUS_OPEN } = trading.TradingStatus;
const { TRANSFER_STATUS_COMPLETED } = clearing.TransferStatus;
const ORDERS_PER_MINUTE_MAX = 10_000;

/** Starts the four services with AMZN listed and funds for everybody. */
export async function startTarget(): Promise<Cluster> {
  const cluster = await startCluster({ participants: PARTICIPANTS, logLevel: 'warn' });
  try {
    await openMarket(cluster.operator);
    await placeStanding(cluster.as('alice'));
    return cluster;
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

const TERMS = { baseAsset: SYMBOL, quoteAsset: 'USD' };
const NO_LIMITS = {
  orderQtyMax: '',
  orderNotionalMax: '',
  positionMax: '',
  ordersPerMinuteMax: ORDERS_PER_MINUTE_MAX,
  priceDeviationBpsMax: 0,
  fatFingerMultipleMax: 0,
};
/** Where limits may have been set: everywhere, on the instrument, on an account, on both. */
const LIMIT_SCOPES = ['', ...PARTICIPANTS.map((name) => `${name}.main`)].flatMap((account) => [
  { account, symbol: '', baseAsset: '', quoteAsset: '' },
  { account, symbol: SYMBOL, ...TERMS },
]);

/** Takes back what operators may have been made to do: halts, kill switches, limits, blacklist, freezes. */
export async function reopenMarket(cluster: Cluster): Promise<void> {
  const { operator } = cluster;
  const officer = cluster.connect({ kind: 'operator', name: SECOND_OPERATOR });
  const { killSwitches } = await operator.tradingAdmin.call('listKillSwitches', {});
  for (const { scope } of killSwitches) {
    await operator.tradingAdmin.call('requestKillSwitchRelease', { scope });
    await officer.tradingAdmin.call('confirmKillSwitchRelease', { scope });
  }
  await operator.tradingAdmin.call('setTradingStatus', {
    symbol: SYMBOL,
    tradingStatus: TRADING_STATUS_OPEN,
  });
  for (const scope of LIMIT_SCOPES)
    await operator.riskAdmin.call('setLimits', { ...scope, limits: NO_LIMITS });
  for (const participant of PARTICIPANTS) {
    await operator.riskAdmin.call('setBlacklist', { participant, blacklisted: false, note: 'reopened' });
    const account = `${participant}.main`;
    await operator.clearingAdmin.call('unfreezeAccount', { account, note: 'reopened' });
  }
}

async function openMarket(operator: Peer): Promise<void> {
  const money = { quoteAsset: 'USD', quoteDecimals: 2, makerFeeBps: 1, takerFeeBps: 2 };
  const paper = { symbol: SYMBOL, baseAsset: SYMBOL, baseDecimals: 0, tickSize: '0.01', lotSize: '1' };
  const terms = { referencePrice: '100.00', tradingStatus: TRADING_STATUS_OPEN, lastPrice: '' };
  await operator.tradingAdmin.call('listInstrument', { instrument: { ...money, ...paper, ...terms } });
  const everywhere = { account: '', symbol: '', baseAsset: '', quoteAsset: '' };
  await operator.riskAdmin.call('setLimits', { ...everywhere, limits: NO_LIMITS });
  for (const name of PARTICIPANTS) {
    for (const [asset, amount] of [
      ['USD', '1000000.00'],
      [SYMBOL, '10000'],
    ] as const) {
      const transfer = {
        account: `${name}.main`,
        requestId: `seed-${asset}`,
        asset,
        amount,
        bankReference: 'seed',
      };
      await until(`the deposit of ${asset}`, async () => {
        const answer = await operator.clearing.call('deposit', transfer);
        return answer.transfer?.status === TRANSFER_STATUS_COMPLETED;
      });
    }
  }
}

/** Client order id of an order of alice's that is known, so that what is asked of it is looked at. */
export const STANDING_ORDER = 'standing';

async function placeStanding(alice: Peer): Promise<void> {
  const order = {
    account: 'alice.main',
    clOrdId: STANDING_ORDER,
    symbol: SYMBOL,
    side: 1,
    ordType: trading.OrdType.ORD_TYPE_LIMIT,
    orderQty: '1',
    price: '96.00',
    timeInForce: trading.TimeInForce.TIME_IN_FORCE_GTC,
    postOnly: false,
    ...trading.ORDINARY_ORDER,
  };
  await alice.trading.call('placeOrder', order, { timeoutMs: 15_000 });
}

let orders = 0;

/** Places an honest order that trades at once or goes, and says what became of it: proof that the system still works. */
export async function honestOrder(carol: Peer): Promise<string> {
  orders += 1;
  const { order } = await carol.trading.call(
    'placeOrder',
    {
      account: 'carol.main',
      clOrdId: `honest-${process.pid}-${orders}`,
      symbol: SYMBOL,
      side: 1,
      ordType: trading.OrdType.ORD_TYPE_LIMIT,
      orderQty: '1',
      price: '99.00',
      timeInForce: trading.TimeInForce.TIME_IN_FORCE_IOC,
      postOnly: false,
      ...trading.ORDINARY_ORDER,
    },
    { timeoutMs: 15_000 },
  );
  return trading.OrdStatus[order?.ordStatus ?? -1] ?? 'none';
}

/** Evaluates every invariant; what is broken, none when all hold. */
export async function brokenInvariants(cluster: Cluster): Promise<string[]> {
  const addresses = Object.fromEntries(SERVICES.map((name) => [name, cluster.addressOf(name)]));
  const clients = openReconciliationClients({
    addresses: addresses as Record<(typeof SERVICES)[number], string>,
    tls: tlsFilesOf(cluster.tlsOf({ kind: 'operator', name: 'admin' })),
    log: SILENT_LOG,
  });
  try {
    const { results } = await reconcile(clients, { restTimeoutMs: 20_000 });
    return results.filter(({ holds }) => !holds).map(({ name, detail }) => `${name}: ${detail}`);
  } finally {
    clients.close();
  }
}
