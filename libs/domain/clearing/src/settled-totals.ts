import type { Plain } from '@clearway/kernel';
import type { LegSide, SettleLeg } from './legs';

/**
 * Running totals over all legs of the shard, for comparison with trading and risk: quote value of the legs that stand, by side
 * and asset, and how many were settled and reversed. Changed by `evolve` alone.
 */
export class SettledTotals {
  /** Quote minor units of standing buy legs, without fees, by asset. */
  readonly buyMinor = new Map<string, bigint>();
  /** Quote minor units of standing sell legs, without fees, by asset. */
  readonly sellMinor = new Map<string, bigint>();
  /** Legs ever posted, those reversed later included. */
  legsSettled = 0;
  /** Legs ever reversed. */
  legsReversed = 0;

  /** Counts a leg that was posted. */
  settle(leg: SettleLeg): void {
    this.legsSettled += 1;
    this.add(leg.side, leg.quoteAsset, leg.quoteMinor);
  }

  /** Counts a leg that was reversed. */
  reverse(leg: SettleLeg): void {
    this.legsReversed += 1;
    this.add(leg.side, leg.quoteAsset, -leg.quoteMinor);
  }

  /** Canonical form for a snapshot. */
  snapshot(): Plain {
    return {
      buyMinor: sorted(this.buyMinor),
      sellMinor: sorted(this.sellMinor),
      legsSettled: this.legsSettled,
      legsReversed: this.legsReversed,
    };
  }

  /** Rebuilds the totals from `snapshot`. */
  static restore(plain: Plain): SettledTotals {
    const from = plain as {
      buyMinor: [string, bigint][];
      sellMinor: [string, bigint][];
      legsSettled: number;
      legsReversed: number;
    };
    const totals = new SettledTotals();
    for (const [asset, minor] of from.buyMinor) totals.buyMinor.set(asset, minor);
    for (const [asset, minor] of from.sellMinor) totals.sellMinor.set(asset, minor);
    totals.legsSettled = from.legsSettled;
    totals.legsReversed = from.legsReversed;
    return totals;
  }

  private add(side: LegSide, asset: string, amountMinor: bigint): void {
    const totals = side === 'buy' ? this.buyMinor : this.sellMinor;
    totals.set(asset, (totals.get(asset) ?? 0n) + amountMinor);
  }
}

function sorted(totals: ReadonlyMap<string, bigint>): [string, bigint][] {
  return [...totals].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
