import { baseMinor, type Hold, holdKey } from './hold';

/**
 * All open holds by order, with two sums kept alongside because rules and reads ask for them on every call: base quantity of
 * open buys by account and asset, and number of holds by account. Both follow from the holds and are not in snapshots.
 */
export class HoldBook {
  private readonly holds = new Map<string, Hold>();
  private readonly openBuys = new Map<string, bigint>();
  private readonly holdsByAccount = new Map<string, number>();

  /** The order's hold, or undefined when it holds nothing (never placed, released, or filled). */
  get(originShard: string, orderNumber: number): Hold | undefined {
    return this.holds.get(holdKey(originShard, orderNumber));
  }

  /** Sets an order's open lots; with none left the hold is removed. Called from `evolve` alone. */
  put(hold: Hold): void {
    const key = holdKey(hold.originShard, hold.orderNumber);
    const before = this.holds.get(key);
    if (hold.openLots > 0) this.holds.set(key, hold);
    else this.holds.delete(key);
    if (hold.side === 'buy') this.addOpenBuys(hold, hold.openLots - (before?.openLots ?? 0));
    this.addCount(hold.account, (hold.openLots > 0 ? 1 : 0) - (before ? 1 : 0));
  }

  /** Base quantity that the account's open buys may still bring, in minor units. */
  openBuysMinor(account: string, baseAsset: string): bigint {
    return this.openBuys.get(`${account}|${baseAsset}`) ?? 0n;
  }

  /** Number of the account's open holds. */
  countOf(account: string): number {
    return this.holdsByAccount.get(account) ?? 0;
  }

  /** All holds, in no particular order. */
  values(): IterableIterator<Hold> {
    return this.holds.values();
  }

  /** Number of open holds. */
  get size(): number {
    return this.holds.size;
  }

  private addOpenBuys(hold: Hold, lots: number): void {
    const key = `${hold.account}|${hold.baseAsset}`;
    const sum = (this.openBuys.get(key) ?? 0n) + baseMinor(hold, lots);
    if (sum === 0n) this.openBuys.delete(key);
    else this.openBuys.set(key, sum);
  }

  private addCount(account: string, change: number): void {
    const count = this.countOf(account) + change;
    if (count === 0) this.holdsByAccount.delete(account);
    else this.holdsByAccount.set(account, count);
  }
}
