import { ParticipantLog } from '@clearway/domain-saga';
import { FundsBook } from './funds-book';
import { HoldBook } from './hold-book';
import { LimitTable } from './limits';
import { OrderRateWindows } from './order-rate-windows';
import { RecentFills } from './recent-fills';

/** Whether an account is frozen, and the version of clearing's word that says so. */
export interface Freeze {
  readonly frozen: boolean;
  readonly version: number;
}

/** The two assets of a symbol, as its orders name them. */
export interface SymbolAssets {
  readonly baseAsset: string;
  readonly quoteAsset: string;
}

/** Everything that risk knows. It changes by `evolve` alone. */
export interface RiskState {
  readonly funds: FundsBook;
  readonly holds: HoldBook;
  readonly freezes: Map<string, Freeze>;
  /** Blacklisted participants, with the note that says why. */
  readonly blacklist: Map<string, string>;
  readonly limits: LimitTable;
  /** Learnt from the holds that were placed, so that limits can be shown in the units that people use. */
  readonly symbolAssets: Map<string, SymbolAssets>;
  readonly orderRates: OrderRateWindows;
  readonly recentFills: RecentFills;
  readonly log: ParticipantLog;
}

/** Returns the state of an empty journal. */
export function createRiskState(): RiskState {
  return {
    funds: new FundsBook(),
    holds: new HoldBook(),
    freezes: new Map(),
    blacklist: new Map(),
    limits: new LimitTable(),
    symbolAssets: new Map(),
    orderRates: new OrderRateWindows(),
    recentFills: new RecentFills(),
    log: new ParticipantLog(),
  };
}
