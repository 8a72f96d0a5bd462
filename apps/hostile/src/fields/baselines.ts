import type { JsonValue } from '@bufbuild/protobuf';
import type { ServiceName } from '@clearway/testing';
import { STANDING_ORDER } from '../surface/market';

/** A request that is in order, from which one thing at a time is spoilt. */
export interface Baseline {
  readonly process: ServiceName;
  /** Service and method: `TradingService.PlaceOrder`. */
  readonly method: string;
  /** Who calls, as the matrix of identities names it. */
  readonly caller: string;
  /** In Protobuf's JSON; `{n}` becomes a number that was not used before. */
  readonly request: JsonValue;
}

const ALICE = 'alice.main';
const OPERATOR = 'operator/admin';
const order = {
  account: ALICE,
  clOrdId: 'field-{n}',
  symbol: 'AMZN',
  side: 'SIDE_BUY',
  ordType: 'ORD_TYPE_LIMIT',
  orderQty: '1',
  price: '90.00',
  timeInForce: 'TIME_IN_FORCE_IOC',
};
const transfer = { account: ALICE, requestId: 'field-{n}', asset: 'USD', amount: '1.00', bankReference: 'x' };
const page = { pageSize: 1, pageToken: '' };
const instrument = {
  symbol: 'AMZN',
  baseAsset: 'AMZN',
  quoteAsset: 'USD',
  tickSize: '0.01',
  lotSize: '1',
  baseDecimals: 0,
  quoteDecimals: 2,
  referencePrice: '100.00',
  makerFeeBps: 1,
  takerFeeBps: 2,
  tradingStatus: 'TRADING_STATUS_OPEN',
};
const limits = { orderQtyMax: '10', orderNotionalMax: '10.00', positionMax: '10', ordersPerMinuteMax: 9 };
const reserve = {
  orderNumber: '{n}',
  account: ALICE,
  symbol: 'AMZN',
  side: 'SIDE_BUY',
  quantityLots: '1',
  priceTicks: '9000',
  marketPriceTicks: '9000',
  baseAsset: 'AMZN',
  quoteAsset: 'USD',
  lotSizeMinor: '1',
  tickValueMinor: '1',
  feeBps: 2,
};
const leg = {
  tradeNumber: '{n}',
  account: ALICE,
  side: 'SIDE_BUY',
  baseAsset: 'AMZN',
  baseMinor: '1',
  quoteAsset: 'USD',
  quoteMinor: '100',
  feeMinor: '1',
};
/** Whoever holds a service's own key may move money; so these steps are of accounts without any, or of no phase of theirs. */
const step = (action: object): JsonValue => ({
  originShard: 'trading/9',
  steps: [{ sagaNumber: '{n}', step: 1, ...action }],
});
const of = (process: ServiceName, caller: string, requests: Record<string, JsonValue>): Baseline[] =>
  Object.entries(requests).map(([method, request]) => ({ process, method, caller, request }));

/** One good request for each method of ours, each process's own among those that several serve. */
export const BASELINES: readonly Baseline[] = [
  ...of('trading', 'participant/alice', {
    'TradingService.PlaceOrder': order,
    'TradingService.GetOrderStatus': { account: ALICE, clOrdId: 'nothing' },
    'TradingService.CancelOrder': { account: ALICE, clOrdId: 'nothing' },
    'TradingService.MassCancel': {
      participant: 'alice',
      account: 'alice.none',
      symbol: 'AMZN',
      side: 'SIDE_BUY',
    },
    'TradingService.ReplaceOrder': {
      account: ALICE,
      origClOrdId: STANDING_ORDER,
      clOrdId: 'field-{n}',
      orderQty: '2',
      price: '91.00',
    },
    'TradingService.ListOrders': { account: ALICE, openOnly: false, ...page },
    'TradingService.StreamOrders': { commands: [{ requestId: '1', place: order }] },
    'TradingService.WatchOrders': { account: ALICE },
    'TradingService.ListInstruments': {},
    'MarketDataService.GetBook': { symbol: 'AMZN', depth: 10 },
    'MarketDataService.GetStatistics': { symbol: 'AMZN' },
    'MarketDataService.ListTrades': { symbol: 'AMZN', ...page },
    'MarketDataService.ListCandles': {
      symbol: 'AMZN',
      interval: 'CANDLE_INTERVAL_1M',
      beforeMicros: '0',
      pageSize: 1,
    },
    'MarketDataService.Subscribe': {
      symbols: ['AMZN'],
      channels: ['CHANNEL_ORDERS', 'CHANNEL_CANDLES'],
      depth: 10,
      candleInterval: 'CANDLE_INTERVAL_1M',
    },
  }),
  ...of('trading', OPERATOR, {
    'TradingAdminService.ListInstrument': { instrument },
    'TradingAdminService.SetTradingStatus': { symbol: 'AMZN', tradingStatus: 'TRADING_STATUS_OPEN' },
    'TradingAdminService.EngageKillSwitch': { scope: { account: 'nobody.main' }, note: 'field {n}' },
    'TradingAdminService.RequestKillSwitchRelease': { scope: { account: 'nobody.main' } },
    'TradingAdminService.ConfirmKillSwitchRelease': { scope: { account: 'nobody.main' } },
    'TradingAdminService.ListKillSwitches': {},
    'TradingAdminService.ListOrderNeeds': {},
    'SagaService.ListSagas': { parkedOnly: false, ...page },
    'SagaService.GetSaga': { sagaId: 'trading/0#999999' },
    'SagaService.RetrySaga': { sagaId: 'trading/0#999999' },
    'SagaService.CompensateSaga': { sagaId: 'trading/0#999999' },
    'InvariantService.CheckInvariants': {},
    'StateService.GetStateHash': {},
    'ShardDirectoryService.GetShardMap': {},
    'ShardDirectoryService.WatchShardMap': {},
  }),
  ...of('trading', 'svc/audit', { 'FeedService.Subscribe': { shard: 'trading/0', fromEvent: '1' } }),
  ...of('risk', 'participant/alice', {
    'RiskService.GetAccountRisk': { account: ALICE },
    'RiskService.GetLimits': { account: ALICE, symbol: 'AMZN' },
  }),
  ...of('risk', OPERATOR, {
    'RiskAdminService.SetLimits': {
      account: 'nobody.main',
      symbol: 'NONE',
      baseAsset: 'AMZN',
      quoteAsset: 'USD',
      limits,
    },
    'RiskAdminService.SetBlacklist': { participant: 'nobody', blacklisted: true, note: 'field' },
    'RiskAdminService.ListFunds': {},
    'InvariantService.CheckInvariants': {},
    'StateService.GetStateHash': {},
    'ShardDirectoryService.GetShardMap': {},
    'ShardDirectoryService.WatchShardMap': {},
  }),
  ...of('risk', 'svc/trading', {
    'RiskStepService.ExecuteSteps': step({
      phase: 'STEP_PHASE_ACTION',
      reserve: { ...reserve, account: 'nobody.main' },
    }),
  }),
  ...of('risk', 'svc/audit', { 'FeedService.Subscribe': { shard: 'risk/0', fromEvent: '1' } }),
  ...of('clearing', OPERATOR, { 'ClearingService.Deposit': transfer }),
  ...of('clearing', 'participant/alice', {
    'ClearingService.Withdraw': transfer,
    'ClearingService.GetTransfer': { account: ALICE, requestId: 'nothing' },
    'ClearingService.GetBalances': { account: ALICE, asOfMicros: '1' },
    'ClearingService.ListPostings': { account: ALICE, asset: 'USD', ...page },
  }),
  ...of('clearing', OPERATOR, {
    'ClearingAdminService.FreezeAccount': { account: 'nobody.main', note: 'field' },
    'ClearingAdminService.UnfreezeAccount': { account: 'nobody.main', note: 'field' },
    'ClearingAdminService.ListLedgerBalances': {},
    'SagaService.ListSagas': { parkedOnly: false, ...page },
    'SagaService.GetSaga': { sagaId: 'clearing/0#999999' },
    'SagaService.RetrySaga': { sagaId: 'clearing/0#999999' },
    'SagaService.CompensateSaga': { sagaId: 'clearing/0#999999' },
    'InvariantService.CheckInvariants': {},
    'StateService.GetStateHash': {},
    'ShardDirectoryService.GetShardMap': {},
    'ShardDirectoryService.WatchShardMap': {},
  }),
  ...of('clearing', 'svc/trading', {
    'ClearingStepService.ExecuteSteps': step({ phase: 'STEP_PHASE_COMPENSATION', settleLeg: leg }),
  }),
  ...of('clearing', 'svc/audit', { 'FeedService.Subscribe': { shard: 'clearing/0', fromEvent: '1' } }),
  ...of('audit', OPERATOR, {
    'AuditService.GetCheckpoint': {},
    'AuditService.ListCoverage': {},
    'AuditService.ListEntries': {
      account: ALICE,
      actor: 'x',
      resource: 'x',
      action: 'x',
      traceId: 'x',
      fromMicros: '1',
      toMicros: '2',
      order: 'trading/0:1',
      participant: 'alice',
      shard: 'trading/0',
      ...page,
    },
    'AuditService.GetInclusionProof': { leafIndex: '1', treeSize: '2' },
    'AuditService.GetConsistencyProof': { firstSize: '1', secondSize: '2' },
    'AuditService.ListCheckpoints': page,
    'AuditService.ExportEntries': { fromLeaf: '0', toLeaf: '1' },
    'InvariantService.CheckInvariants': {},
    'StateService.GetStateHash': {},
    'ShardDirectoryService.GetShardMap': {},
    'ShardDirectoryService.WatchShardMap': {},
    'FeedService.Subscribe': { shard: 'audit/0', fromEvent: '1' },
  }),
];
