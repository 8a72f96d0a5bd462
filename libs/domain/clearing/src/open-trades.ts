import type { Plain } from '@clearway/kernel';
import type { SettleLeg } from './legs';
import { childMap } from './nested-map';

/** A trade whose standing legs do not cancel out in the CCP's accounts: normally because only one of them stands. */
export interface OpenTrade {
  /** Standing buy legs less standing sell legs: 1 or -1 while one of the two stands, 0 when both stand and disagree. */
  netBuyLegs: number;
  /** What the trade leaves in the CCP's accounts: credit less debit in minor units by asset. */
  readonly ccpMinor: Map<string, bigint>;
}

/**
 * Trades that the CCP is exposed to at this moment, by origin shard and trade number. It makes the novation invariant exact at
 * any time and not only at rest: the CCP's balance of an asset is the sum over these trades. Changed by `evolve` alone.
 */
export class OpenTrades {
  private readonly origins = new Map<string, Map<number, OpenTrade>>();

  /** Counts a leg that was posted. */
  settle(originShard: string, leg: SettleLeg): void {
    this.change(originShard, leg, 1);
  }

  /** Counts a leg that was reversed. */
  reverse(originShard: string, leg: SettleLeg): void {
    this.change(originShard, leg, -1);
  }

  /** Every open trade with its origin and number. */
  *entries(): Generator<readonly [originShard: string, tradeNumber: number, trade: Readonly<OpenTrade>]> {
    for (const [origin, trades] of this.origins)
      for (const [number, trade] of trades) yield [origin, number, trade];
  }

  /** Canonical form for a snapshot: ascending by origin, trade number and asset. */
  snapshot(): Plain {
    return [...this.entries()]
      .sort((a, b) => (a[0] === b[0] ? a[1] - b[1] : a[0] < b[0] ? -1 : 1))
      .map(([origin, number, trade]) => [
        origin,
        number,
        trade.netBuyLegs,
        [...trade.ccpMinor].sort(([a], [b]) => (a < b ? -1 : 1)),
      ]);
  }

  /** Rebuilds the trades from `snapshot`. */
  static restore(plain: Plain): OpenTrades {
    const open = new OpenTrades();
    for (const [origin, number, netBuyLegs, ccp] of plain as Row[])
      childMap(open.origins, origin).set(number, { netBuyLegs, ccpMinor: new Map(ccp) });
    return open;
  }

  private change(originShard: string, leg: SettleLeg, legs: 1 | -1): void {
    const trades = childMap(this.origins, originShard);
    const trade = trades.get(leg.tradeNumber) ?? { netBuyLegs: 0, ccpMinor: new Map() };
    const netBuyLegs = leg.side === 'buy' ? legs : -legs;
    const sign = BigInt(netBuyLegs);
    trade.netBuyLegs += netBuyLegs;
    add(trade.ccpMinor, leg.quoteAsset, sign * leg.quoteMinor);
    add(trade.ccpMinor, leg.baseAsset, -sign * leg.baseMinor);
    if (trade.netBuyLegs === 0 && trade.ccpMinor.size === 0) trades.delete(leg.tradeNumber);
    else trades.set(leg.tradeNumber, trade);
  }
}

type Row = [string, number, number, [string, bigint][]];

function add(totals: Map<string, bigint>, asset: string, amountMinor: bigint): void {
  const total = (totals.get(asset) ?? 0n) + amountMinor;
  if (total === 0n) totals.delete(asset);
  else totals.set(asset, total);
}
