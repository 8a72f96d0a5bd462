import type { ClearingState } from './clearing-state';
import { inAccountOrder, type LedgerAccount } from './ledger';

/** What an account owns of one asset. */
export interface SettledBalance {
  readonly asset: string;
  /** Settled minor units. */
  readonly amountMinor: bigint;
}

/** Lists what an account owns by asset, in ascending order of asset; assets it holds nothing of any more stay at zero. */
export function balancesOf({ ledger }: ClearingState, account: string): readonly SettledBalance[] {
  return ledger.accountsOf(account).map(({ asset, debitsMinor, creditsMinor }) => ({
    asset,
    amountMinor: creditsMinor - debitsMinor,
  }));
}

/** Lists every ledger account with its totals, ascending by owner, asset and purpose. */
export function ledgerBalances({ ledger }: ClearingState): readonly Readonly<LedgerAccount>[] {
  return [...ledger.accounts()].map((account) => ({ ...account })).sort(inAccountOrder);
}

/** Settled quote value of the legs that stand, by side and asset, and how many legs were settled and reversed. */
export interface SettledValue {
  readonly buyMinor: ReadonlyMap<string, bigint>;
  readonly sellMinor: ReadonlyMap<string, bigint>;
  readonly legsSettled: number;
  readonly legsReversed: number;
}

/** Returns the settlement totals of the shard, for comparison with trading. */
export function settledValue({ settled }: ClearingState): SettledValue {
  const { buyMinor, sellMinor, legsSettled, legsReversed } = settled;
  return { buyMinor: new Map(buyMinor), sellMinor: new Map(sellMinor), legsSettled, legsReversed };
}
