import type { LegSide, SettleLeg } from './legs';
import type { AccountPurpose, Posting, PostingSide } from './posting';

/** A leg as it stands in a snapshot: its fields in the order of the wire. */
export type LegPlain = readonly [number, string, LegSide, string, bigint, string, bigint, bigint];

/** Returns the snapshot form of a leg. */
export function legToPlain(leg: SettleLeg): LegPlain {
  return [
    leg.tradeNumber,
    leg.account,
    leg.side,
    leg.baseAsset,
    leg.baseMinor,
    leg.quoteAsset,
    leg.quoteMinor,
    leg.feeMinor,
  ];
}

/** Rebuilds a leg from its snapshot form. */
export function legFromPlain(plain: LegPlain): SettleLeg {
  const [tradeNumber, account, side, baseAsset, baseMinor, quoteAsset, quoteMinor, feeMinor] = plain;
  return { tradeNumber, account, side, baseAsset, baseMinor, quoteAsset, quoteMinor, feeMinor };
}

/** A posting as it stands in a snapshot. */
export type PostingPlain = readonly [string, string, AccountPurpose, PostingSide, bigint];

/** Returns the snapshot form of a posting. */
export function postingToPlain(posting: Posting): PostingPlain {
  return [posting.owner, posting.asset, posting.purpose, posting.side, posting.amountMinor];
}

/** Rebuilds a posting from its snapshot form. */
export function postingFromPlain([owner, asset, purpose, side, amountMinor]: PostingPlain): Posting {
  return { owner, asset, purpose, side, amountMinor };
}
