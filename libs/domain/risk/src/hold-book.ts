import { NumberedMap, type Plain, PlainList, type PlainListItem } from '@clearway/kernel';
import { baseMinor, type Hold } from './hold';

/**
 * All open holds by order, with two sums kept alongside because rules and reads ask for them on every call: base quantity of
 * open buys by account and asset, and number of holds by account. Both follow from the holds and are not in snapshots.
 */
export class HoldBook {
  /** Origin shard → order number → hold. */
  private readonly holds = new Map<string, NumberedMap<Hold>>();
  /** Account → base asset → minor units. */
  private readonly openBuys = new Map<string, Map<string, bigint>>();
  private readonly holdsByAccount = new Map<string, number>();

  /** The order's hold, or undefined when it holds nothing (never placed, released, or filled). */
  get(originShard: string, orderNumber: number): Hold | undefined {
    return this.holds.get(originShard)?.get(orderNumber);
  }

  /** Sets an order's open lots; with none left the hold is removed. Called from `evolve` alone. */
  put(hold: Hold): void {
    const holds = this.holdsOf(hold.originShard);
    const before = holds.get(hold.orderNumber);
    if (hold.openLots > 0) holds.set(hold.orderNumber, hold);
    else holds.delete(hold.orderNumber);
    if (hold.side === 'buy') this.addOpenBuys(hold, hold.openLots - (before?.openLots ?? 0));
    this.addCount(hold.account, (hold.openLots > 0 ? 1 : 0) - (before ? 1 : 0));
  }

  /** Base quantity that the account's open buys may still bring, in minor units. */
  openBuysMinor(account: string, baseAsset: string): bigint {
    return this.openBuys.get(account)?.get(baseAsset) ?? 0n;
  }

  /** Number of the account's open holds. */
  countOf(account: string): number {
    return this.holdsByAccount.get(account) ?? 0;
  }

  /** All holds, in no particular order. */
  *values(): Generator<Hold, undefined> {
    for (const holds of this.holds.values()) yield* holds.values();
    return undefined;
  }

  /** All holds as they are now, by ascending shard and order number, to be written down one by one. */
  cut(toPlain: (hold: Hold) => Plain): PlainList {
    const origins = [...this.holds].sort(([a], [b]) => (a < b ? -1 : 1));
    const cuts = origins.map(([, holds]) => holds.cut(toPlain));
    return new PlainList(this.size, itemsOf(cuts), () => {
      for (const each of cuts) each.release();
    });
  }

  /** Number of open holds. */
  get size(): number {
    let total = 0;
    for (const holds of this.holds.values()) total += holds.size;
    return total;
  }

  private addOpenBuys(hold: Hold, lots: number): void {
    let assets = this.openBuys.get(hold.account);
    if (!assets) {
      assets = new Map();
      this.openBuys.set(hold.account, assets);
    }
    assets.set(hold.baseAsset, (assets.get(hold.baseAsset) ?? 0n) + baseMinor(hold, lots));
  }

  private holdsOf(originShard: string): NumberedMap<Hold> {
    let holds = this.holds.get(originShard);
    if (!holds) {
      holds = new NumberedMap();
      this.holds.set(originShard, holds);
    }
    return holds;
  }

  private addCount(account: string, change: number): void {
    if (change === 0) return;
    const count = this.countOf(account) + change;
    if (count === 0) this.holdsByAccount.delete(account);
    else this.holdsByAccount.set(account, count);
  }
}

function* itemsOf(lists: readonly PlainList[]): Generator<PlainListItem, undefined> {
  for (const { items } of lists) yield* items;
  return undefined;
}
