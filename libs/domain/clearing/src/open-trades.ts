import type { Plain } from '@clearway/kernel';
import type { SettleLeg } from './legs';
import { childMap } from './nested-map';

/** A trade whose standing legs do not cancel out in the CCP's accounts: normally because only one of them stands. */
export interface OpenTrade {
  /** Standing buy legs less standing sell legs: 1 or -1 while one of the two stands, 0 when both stand and disagree. */
  netBuyLegs: number;
  /** The origin's saga that settles it: once that has ended, the other leg stands at another shard. */
  readonly sagaNumber: number;
  /** What the trade leaves in the CCP's accounts: credit less debit in minor units by asset. */
  readonly ccpMinor: Map<string, bigint>;
}

/**
 * Trades that the CCP is exposed to at this moment, by origin shard and trade number. It makes the novation invariant exact at
 * any time and not only at rest: the CCP's balance of an asset is the sum over these trades. Changed by `evolve` alone.
 */
export class OpenTrades {
  private readonly origins = new Map<string, Map<number, OpenTrade>>();
  private readonly elsewhereMinor = new Map<string, bigint>();

  /** Counts a leg that was posted. */
  settle({ originShard, sagaNumber }: LegKey, leg: SettleLeg): void {
    this.change(originShard, sagaNumber, leg, 1);
  }

  /** Counts a leg that was reversed. */
  reverse({ originShard, sagaNumber }: LegKey, leg: SettleLeg): void {
    this.change(originShard, sagaNumber, leg, -1);
  }

  /**
   * Trades whose saga has ended with one leg here have their other leg at another shard: only what they left in the CCP's
   * accounts is kept, added up by asset. Over all shards these amounts cancel out.
   */
  forgetBelow(originShard: string, finishedBelow: number): void {
    for (const [number, { sagaNumber, ccpMinor }] of this.origins.get(originShard) ?? []) {
      if (sagaNumber >= finishedBelow) continue;
      for (const [asset, minor] of ccpMinor) add(this.elsewhereMinor, asset, minor);
      this.origins.get(originShard)?.delete(number);
    }
  }

  /** What trades with their other leg at another shard left in the CCP's accounts, credit less debit by asset. */
  get settledElsewhereMinor(): ReadonlyMap<string, bigint> {
    return this.elsewhereMinor;
  }

  /** Every open trade with its origin and number. */
  *entries(): Generator<readonly [originShard: string, tradeNumber: number, trade: Readonly<OpenTrade>]> {
    for (const [origin, trades] of this.origins)
      for (const [number, trade] of trades) yield [origin, number, trade];
  }

  /**
   * Canonical form for a snapshot: ascending by origin, trade number and asset. What was settled elsewhere is a last row of no
   * origin, absent while there is nothing.
   */
  snapshot(): Plain {
    const rows: Plain[] = [...this.entries()]
      .sort((a, b) => (a[0] === b[0] ? a[1] - b[1] : a[0] < b[0] ? -1 : 1))
      .map(([origin, number, trade]) => [
        origin,
        number,
        trade.netBuyLegs,
        sortedAssets(trade.ccpMinor),
        trade.sagaNumber,
      ]);
    if (this.elsewhereMinor.size > 0) rows.push(['', 0, 0, sortedAssets(this.elsewhereMinor), 0]);
    return rows;
  }

  /** Rebuilds the trades from `snapshot`. */
  static restore(plain: Plain): OpenTrades {
    const open = new OpenTrades();
    for (const [origin, number, netBuyLegs, ccp, sagaNumber = SAGA_UNKNOWN] of plain as Row[]) {
      if (origin === '') for (const [asset, minor] of ccp) add(open.elsewhereMinor, asset, minor);
      else childMap(open.origins, origin).set(number, { netBuyLegs, sagaNumber, ccpMinor: new Map(ccp) });
    }
    return open;
  }

  private change(originShard: string, sagaNumber: number, leg: SettleLeg, legs: 1 | -1): void {
    const trades = childMap(this.origins, originShard);
    const trade = trades.get(leg.tradeNumber) ?? { netBuyLegs: 0, sagaNumber, ccpMinor: new Map() };
    const netBuyLegs = leg.side === 'buy' ? legs : -legs;
    const sign = BigInt(netBuyLegs);
    trade.netBuyLegs += netBuyLegs;
    add(trade.ccpMinor, leg.quoteAsset, sign * leg.quoteMinor);
    add(trade.ccpMinor, leg.baseAsset, -sign * leg.baseMinor);
    if (trade.netBuyLegs === 0 && trade.ccpMinor.size === 0) trades.delete(leg.tradeNumber);
    else trades.set(leg.tradeNumber, trade);
  }
}

/** Snapshots from before shards do not know the saga; their trades have both legs here, and so end by themselves. */
const SAGA_UNKNOWN = Number.MAX_SAFE_INTEGER;

/** The part of a step's key that is needed. */
interface LegKey {
  readonly originShard: string;
  readonly sagaNumber: number;
}

type Row = [string, number, number, [string, bigint][], number?];

function sortedAssets(totals: ReadonlyMap<string, bigint>): [string, bigint][] {
  return [...totals].sort(([a], [b]) => (a < b ? -1 : 1));
}

function add(totals: Map<string, bigint>, asset: string, amountMinor: bigint): void {
  const total = (totals.get(asset) ?? 0n) + amountMinor;
  if (total === 0n) totals.delete(asset);
  else totals.set(asset, total);
}
