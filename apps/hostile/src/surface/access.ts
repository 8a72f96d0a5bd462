import type { ServiceName } from '@clearway/testing';

/** Who may call, in the words of the services' own allow tables. */
export type Subject = '*' | `svc/${string}` | 'operator/*' | 'participant/*';

/** By process, service and method. */
export type AccessTable = Readonly<
  Record<ServiceName, Readonly<Record<string, Readonly<Record<string, readonly Subject[]>>>>>
>;

const OPERATOR = ['operator/*'] as const;
const MEMBER = ['participant/*', 'operator/*'] as const;
const ANYBODY = ['*'] as const;
const SERVICE_OR_OPERATOR = ['svc/*', 'operator/*'] as const;

const OF_GRPC = {
  'grpc.health.v1.Health': { Check: ANYBODY, Watch: ANYBODY, List: ANYBODY },
  'grpc.reflection.v1.ServerReflection': { ServerReflectionInfo: ANYBODY },
  'grpc.reflection.v1alpha.ServerReflection': { ServerReflectionInfo: ANYBODY },
} as const;

/** Callers that look for a shard's owner: services and operators. */
const SHARDS = { GetShardMap: SERVICE_OR_OPERATOR, WatchShardMap: SERVICE_OR_OPERATOR } as const;

const SAGAS = {
  ListSagas: OPERATOR,
  GetSaga: OPERATOR,
  RetrySaga: OPERATOR,
  CompensateSaga: OPERATOR,
} as const;

/**
 * The access rights of the whole system, written down a second time on purpose: the services' tables say what is done, this
 * one what was meant, and a test walks both. A method that stands here and is not served, or the other way round, fails it.
 */
export const ACCESS: AccessTable = {
  trading: {
    ...OF_GRPC,
    'clearway.trading.v1.TradingService': {
      PlaceOrder: MEMBER,
      GetOrderStatus: MEMBER,
      CancelOrder: MEMBER,
      ReplaceOrder: MEMBER,
      MassCancel: MEMBER,
      ListOrders: MEMBER,
      StreamOrders: MEMBER,
      WatchOrders: MEMBER,
      ListInstruments: ANYBODY,
    },
    'clearway.marketdata.v1.MarketDataService': {
      GetBook: ANYBODY,
      GetStatistics: ANYBODY,
      ListTrades: ANYBODY,
      ListCandles: ANYBODY,
      Subscribe: ANYBODY,
    },
    'clearway.trading.v1.TradingAdminService': {
      ListInstrument: OPERATOR,
      SetTradingStatus: OPERATOR,
      EngageKillSwitch: OPERATOR,
      RequestKillSwitchRelease: OPERATOR,
      ConfirmKillSwitchRelease: OPERATOR,
      ListKillSwitches: OPERATOR,
      ListOrderNeeds: [...OPERATOR, 'svc/audit'],
    },
    'clearway.saga.v1.SagaService': SAGAS,
    'clearway.common.v1.InvariantService': { CheckInvariants: [...OPERATOR, 'svc/audit'] },
    'clearway.common.v1.StateService': { GetStateHash: OPERATOR },
    'clearway.common.v1.ShardDirectoryService': SHARDS,
    'clearway.journal.v1.FeedService': { Subscribe: ['svc/audit'] },
  },
  risk: {
    ...OF_GRPC,
    'clearway.risk.v1.RiskService': { GetAccountRisk: MEMBER, GetLimits: MEMBER },
    'clearway.risk.v1.RiskAdminService': {
      SetLimits: OPERATOR,
      SetBlacklist: OPERATOR,
      ListFunds: [...OPERATOR, 'svc/audit'],
    },
    'clearway.risk.v1.RiskStepService': { ExecuteSteps: ['svc/trading', 'svc/clearing'] },
    'clearway.common.v1.InvariantService': { CheckInvariants: [...OPERATOR, 'svc/audit'] },
    'clearway.common.v1.StateService': { GetStateHash: OPERATOR },
    'clearway.common.v1.ShardDirectoryService': SHARDS,
    'clearway.journal.v1.FeedService': { Subscribe: ['svc/audit'] },
  },
  clearing: {
    ...OF_GRPC,
    'clearway.clearing.v1.ClearingService': {
      Deposit: OPERATOR,
      Withdraw: MEMBER,
      GetTransfer: MEMBER,
      GetBalances: MEMBER,
      ListPostings: MEMBER,
    },
    'clearway.clearing.v1.ClearingAdminService': {
      FreezeAccount: OPERATOR,
      UnfreezeAccount: OPERATOR,
      ListLedgerBalances: OPERATOR,
    },
    'clearway.clearing.v1.ClearingStepService': { ExecuteSteps: ['svc/trading'] },
    'clearway.saga.v1.SagaService': SAGAS,
    'clearway.common.v1.InvariantService': { CheckInvariants: OPERATOR },
    'clearway.common.v1.StateService': { GetStateHash: OPERATOR },
    'clearway.common.v1.ShardDirectoryService': SHARDS,
    'clearway.journal.v1.FeedService': { Subscribe: ['svc/audit'] },
  },
  audit: {
    ...OF_GRPC,
    'clearway.audit.v1.AuditService': {
      GetCheckpoint: OPERATOR,
      ListCoverage: OPERATOR,
      ListEntries: OPERATOR,
      GetInclusionProof: OPERATOR,
      GetConsistencyProof: OPERATOR,
      ListCheckpoints: OPERATOR,
      ExportEntries: OPERATOR,
    },
    'clearway.common.v1.InvariantService': { CheckInvariants: OPERATOR },
    'clearway.common.v1.StateService': { GetStateHash: OPERATOR },
    'clearway.common.v1.ShardDirectoryService': SHARDS,
    'clearway.journal.v1.FeedService': { Subscribe: ['svc/audit', 'operator/*'] },
  },
};
