import type { Funds, FundsEntry, Holdings } from '@clearway/domain-risk';

type Sum = { -readonly [Name in keyof FundsEntry]: FundsEntry[Name] };

/** Stands for the machine's book of funds: what it sums up are differences, and each sum is changed in place. */
export class FundChanges implements Pick<Holdings['funds'], 'change'> {
  readonly #byAccount = new Map<string, Map<string, Sum>>();

  change(account: string, asset: string, changes: Partial<Funds>): void {
    const sum = this.#sumOf(account, asset);
    const { totalMinor, heldForOrdersMinor, heldForWithdrawalsMinor } = changes;
    if (totalMinor !== undefined) sum.totalMinor += totalMinor;
    if (heldForOrdersMinor !== undefined) sum.heldForOrdersMinor += heldForOrdersMinor;
    if (heldForWithdrawalsMinor !== undefined) sum.heldForWithdrawalsMinor += heldForWithdrawalsMinor;
  }

  /** In ascending order of account and asset, so that transactions that change the same rows never wait in a circle. */
  entries(): FundsEntry[] {
    const accounts = [...this.#byAccount.keys()].sort();
    return accounts.flatMap((account) => {
      const sums = this.#byAccount.get(account)!;
      return [...sums.keys()].sort().map((asset) => sums.get(asset)!);
    });
  }

  #sumOf(account: string, asset: string): Sum {
    let sums = this.#byAccount.get(account);
    if (!sums) {
      sums = new Map();
      this.#byAccount.set(account, sums);
    }
    let sum = sums.get(asset);
    if (!sum) {
      sum = { account, asset, totalMinor: 0n, heldForOrdersMinor: 0n, heldForWithdrawalsMinor: 0n };
      sums.set(asset, sum);
    }
    return sum;
  }
}
