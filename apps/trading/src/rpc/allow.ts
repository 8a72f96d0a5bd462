import type { common, journal, marketdata, saga, trading } from '@clearway/contracts';
import type { AllowTable } from '@clearway/platform-rpc';

/** Order entry and order state. A participant sees and touches only its own accounts; each method checks that itself. */
export const TRADING_SERVICE: AllowTable<typeof trading.TradingServiceService> = {
  PlaceOrder: ['participant/*', 'operator/*'],
  GetOrderStatus: ['participant/*', 'operator/*'],
  CancelOrder: ['participant/*', 'operator/*'],
  ReplaceOrder: ['participant/*', 'operator/*'],
  MassCancel: ['participant/*', 'operator/*'],
  ListOrders: ['participant/*', 'operator/*'],
  StreamOrders: ['participant/*', 'operator/*'],
  WatchOrders: ['participant/*', 'operator/*'],
  ListInstruments: ['*'],
};

/** What everybody may see. Participants, operators and services alike; nothing in it says whose an order or a trade is. */
export const MARKET_DATA_SERVICE: AllowTable<typeof marketdata.MarketDataServiceService> = {
  GetBook: ['*'],
  GetStatistics: ['*'],
  ListTrades: ['*'],
  ListCandles: ['*'],
  Subscribe: ['*'],
};

/** What can be traded. */
export const TRADING_ADMIN_SERVICE: AllowTable<typeof trading.TradingAdminServiceService> = {
  ListInstrument: ['operator/*'],
  SetTradingStatus: ['operator/*'],
  EngageKillSwitch: ['operator/*'],
  RequestKillSwitchRelease: ['operator/*'],
  ConfirmKillSwitchRelease: ['operator/*'],
  ListKillSwitches: ['operator/*'],
  ListOrderNeeds: ['operator/*', 'svc/audit'],
};

/** Sagas, to look at and to steer. */
export const SAGA_SERVICE: AllowTable<typeof saga.SagaServiceService> = {
  ListSagas: ['operator/*'],
  GetSaga: ['operator/*'],
  RetrySaga: ['operator/*'],
  CompensateSaga: ['operator/*'],
};

/** Invariants of the live state. */
export const INVARIANT_SERVICE: AllowTable<typeof common.InvariantServiceService> = {
  CheckInvariants: ['operator/*', 'svc/audit'],
};

/** The journal's feed. */
export const FEED_SERVICE: AllowTable<typeof journal.FeedServiceService> = {
  Subscribe: ['svc/audit'],
};
