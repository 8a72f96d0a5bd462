import { type Plain, PlainList } from '@clearway/kernel';

/** What an account has of one asset, in minor units. Available = total − held for orders − held for withdrawals. */
export interface Funds {
  readonly totalMinor: bigint;
  readonly heldForOrdersMinor: bigint;
  readonly heldForWithdrawalsMinor: bigint;
}

/** One row of all funds. */
export interface FundsEntry extends Funds {
  readonly account: string;
  readonly asset: string;
}

/** Nothing of an asset. */
export const NO_FUNDS: Funds = { totalMinor: 0n, heldForOrdersMinor: 0n, heldForWithdrawalsMinor: 0n };

/** What may be held or withdrawn anew, in minor units. */
export function availableMinor(funds: Funds): bigint {
  return funds.totalMinor - funds.heldForOrdersMinor - funds.heldForWithdrawalsMinor;
}

/** Funds of every account and asset. An account is known from the first event that concerns its funds. */
export class FundsBook {
  private readonly accounts = new Map<string, Map<string, Funds>>();

  /** Tells whether the account was ever funded. */
  has(account: string): boolean {
    return this.accounts.has(account);
  }

  /** What the account has of the asset; nothing when it was never touched. */
  get(account: string, asset: string): Funds {
    return this.accounts.get(account)?.get(asset) ?? NO_FUNDS;
  }

  /** Adds signed changes in minor units. Called from `evolve` alone; the rules have made sure that nothing goes negative. */
  change(account: string, asset: string, changes: Partial<Funds>): void {
    const assets = this.accounts.get(account) ?? new Map<string, Funds>();
    const before = assets.get(asset) ?? NO_FUNDS;
    assets.set(asset, {
      totalMinor: before.totalMinor + (changes.totalMinor ?? 0n),
      heldForOrdersMinor: before.heldForOrdersMinor + (changes.heldForOrdersMinor ?? 0n),
      heldForWithdrawalsMinor: before.heldForWithdrawalsMinor + (changes.heldForWithdrawalsMinor ?? 0n),
    });
    this.accounts.set(account, assets);
  }

  /** Sets a row as it stood in a snapshot. */
  restore(entry: FundsEntry): void {
    this.change(entry.account, entry.asset, entry);
  }

  /** The account's funds in ascending order of asset. */
  of(account: string): FundsEntry[] {
    return [...(this.accounts.get(account) ?? [])]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([asset, funds]) => ({ account, asset, ...funds }));
  }

  /** All funds as they are now, in ascending order of account and asset, to be written down one by one. */
  cut(): PlainList {
    const rows = [...this.accounts].map(([account, assets]) => ({ account, assets: [...assets] }));
    const length = rows.reduce((total, { assets }) => total + assets.length, 0);
    return new PlainList(length, entriesOf(rows));
  }

  /** All funds in ascending order of account and asset. */
  entries(): FundsEntry[] {
    return [...this.accounts.keys()].sort().flatMap((account) => this.of(account));
  }
}

/** Sorts only when the first is asked for. */
function* entriesOf(
  rows: { readonly account: string; readonly assets: [string, Funds][] }[],
): Generator<Plain, undefined> {
  rows.sort((a, b) => (a.account < b.account ? -1 : 1));
  for (const { account, assets } of rows)
    for (const [asset, funds] of assets.sort(([a], [b]) => (a < b ? -1 : 1)))
      yield { account, asset, ...funds };
  return undefined;
}
