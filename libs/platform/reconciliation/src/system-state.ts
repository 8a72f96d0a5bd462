import type { InvariantResult } from '@clearway/kernel';

/** Services whose states are compared. */
export type ServiceName = 'trading' | 'risk' | 'clearing' | 'audit';

/** Which prefix of a shard's journal a dump was computed from. */
export interface Position {
  readonly shard: string;
  readonly nextEvent: number;
  readonly liveSagas: number;
  readonly parkedSagas: number;
}

/** What an account's open orders can cost at worst in one asset, in minor units, by trading. */
export interface OrderNeed {
  readonly account: string;
  readonly asset: string;
  readonly amountMinor: bigint;
  readonly openOrders: number;
}

/** What an account has and holds in one asset, in minor units, by risk. */
export interface AccountFunds {
  readonly account: string;
  readonly asset: string;
  readonly totalMinor: bigint;
  readonly heldForOrdersMinor: bigint;
  readonly heldForWithdrawalsMinor: bigint;
}

/** What a ledger account is for. `UNKNOWN` is a purpose that this version does not know; it breaks conservation. */
export type LedgerPurpose = 'CUSTOMER' | 'CCP' | 'FEES' | 'NOSTRO' | 'UNKNOWN';

/** One ledger account, in minor units, by clearing. */
export interface LedgerAccount {
  readonly owner: string;
  readonly asset: string;
  readonly purpose: LedgerPurpose;
  readonly debitsMinor: bigint;
  readonly creditsMinor: bigint;
}

/** Trading's part. */
export interface TradingDump {
  readonly position: Position;
  readonly needs: readonly OrderNeed[];
  /** Assets that some instrument is paid with: these are cash, all others securities. */
  readonly cashAssets: ReadonlySet<string>;
}

/** Risk's part. */
export interface RiskDump {
  readonly position: Position;
  readonly funds: readonly AccountFunds[];
  /** Open holds by account. */
  readonly openHolds: ReadonlyMap<string, number>;
}

/** Clearing's part. */
export interface ClearingDump {
  readonly position: Position;
  readonly accounts: readonly LedgerAccount[];
  /** Quote value of the legs that stand, by asset, in minor units. */
  readonly settledBuyMinor: ReadonlyMap<string, bigint>;
  readonly settledSellMinor: ReadonlyMap<string, bigint>;
  readonly legsSettled: number;
  readonly legsReversed: number;
}

/** Audit's part: how many events of each source shard are in the tree. */
export interface AuditDump {
  readonly coverage: ReadonlyMap<string, number>;
  readonly treeSize: number;
}

/** Either what was read, or the sentence that says why it was not. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

/** Everything that the invariants are evaluated on. Plain data, so that a test can plant any break in it. */
export interface SystemState {
  readonly trading: Read<TradingDump>;
  readonly risk: Read<RiskDump>;
  readonly clearing: Read<ClearingDump>;
  readonly audit: Read<AuditDump>;
  /** What each service says about its own state. */
  readonly own: Readonly<Record<ServiceName, Read<readonly InvariantResult[]>>>;
  /** Why the dumps may belong to different moments; empty when the system was at rest while they were taken. */
  readonly unrest: readonly string[];
}
