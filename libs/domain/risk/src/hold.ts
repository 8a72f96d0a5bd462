import type { Reserve, Side } from './actions';

/** What an open order keeps from being spent otherwise. It shrinks with fills and released lots and ends with the last lot. */
export interface Hold {
  readonly originShard: string;
  readonly orderNumber: number;
  readonly account: string;
  readonly symbol: string;
  readonly side: Side;
  readonly openLots: number;
  readonly protectionPriceTicks: number;
  /** Replacement that the price is of; absent for an order that was never replaced. */
  readonly version?: number;
  readonly lotSizeMinor: bigint;
  readonly tickValueMinor: bigint;
  readonly feeBps: number;
  readonly baseAsset: string;
  readonly quoteAsset: string;
}

const BPS = 10_000n;

/** The hold that a reserved order begins with. */
export function holdOf(originShard: string, reserve: Reserve, protectionPriceTicks: number): Hold {
  return {
    originShard,
    orderNumber: reserve.orderNumber,
    account: reserve.account,
    symbol: reserve.symbol,
    side: reserve.side,
    openLots: reserve.quantityLots,
    protectionPriceTicks,
    lotSizeMinor: reserve.lotSizeMinor,
    tickValueMinor: reserve.tickValueMinor,
    feeBps: reserve.feeBps,
    baseAsset: reserve.baseAsset,
    quoteAsset: reserve.quoteAsset,
  };
}

/** The price of two that a side's hold must be for to cover both. */
export function worsePriceTicks(side: Side, aTicks: number, bTicks: number): number {
  return side === 'buy' ? Math.max(aTicks, bTicks) : Math.min(aTicks, bTicks);
}

/** Value of lots at a price, in quote minor units. */
export function notionalMinor(
  terms: Pick<Hold, 'tickValueMinor'>,
  priceTicks: number,
  quantityLots: number,
): bigint {
  return BigInt(priceTicks) * BigInt(quantityLots) * terms.tickValueMinor;
}

/** Fee of a notional, rounded down, so that the fees of an order's fills never exceed the fee held for it. */
export function feeMinor(terms: Pick<Hold, 'feeBps'>, notional: bigint): bigint {
  return (notional * BigInt(terms.feeBps)) / BPS;
}

/** Lots as an amount of the base asset, in minor units. */
export function baseMinor(terms: Pick<Hold, 'lotSizeMinor'>, quantityLots: number): bigint {
  return BigInt(quantityLots) * terms.lotSizeMinor;
}

/** Asset that the hold is in: what a buy pays with, what a sell delivers. */
export function heldAsset(hold: Pick<Hold, 'side' | 'baseAsset' | 'quoteAsset'>): string {
  return hold.side === 'buy' ? hold.quoteAsset : hold.baseAsset;
}

/**
 * What a hold must keep for so many open lots: buys notional at the protection price plus fee, in quote minor units; sells
 * the lots, in base minor units. It depends on the open lots alone, so fills and releases may come in any order.
 */
export function needMinor(hold: Hold, openLots: number = hold.openLots): bigint {
  if (openLots === 0) return 0n;
  if (hold.side === 'sell') return baseMinor(hold, openLots);
  const notional = notionalMinor(hold, hold.protectionPriceTicks, openLots);
  return notional + feeMinor(hold, notional);
}
