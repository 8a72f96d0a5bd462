import { clearing } from '@clearway/contracts';
import type { AccountPurpose, Posting, PostingSide } from '@clearway/domain-clearing';

const PURPOSES: Readonly<Record<AccountPurpose, clearing.AccountPurpose>> = {
  CUSTOMER: clearing.AccountPurpose.ACCOUNT_PURPOSE_CUSTOMER,
  CCP: clearing.AccountPurpose.ACCOUNT_PURPOSE_CCP,
  FEES: clearing.AccountPurpose.ACCOUNT_PURPOSE_FEES,
  NOSTRO: clearing.AccountPurpose.ACCOUNT_PURPOSE_NOSTRO,
};
const PURPOSE_BY_NUMBER = new Map(
  Object.entries(PURPOSES).map(([purpose, number]) => [number, purpose as AccountPurpose]),
);
const DEBIT = clearing.PostingSide.POSTING_SIDE_DEBIT;
const CREDIT = clearing.PostingSide.POSTING_SIDE_CREDIT;

/** The wire's number of an account purpose. */
export function toWirePurpose(purpose: AccountPurpose): clearing.AccountPurpose {
  return PURPOSES[purpose];
}

/** The wire's number of a posting side. */
export function toWirePostingSide(side: PostingSide): clearing.PostingSide {
  return side === 'debit' ? DEBIT : CREDIT;
}

/** A posting as the journal keeps it. */
export function toWirePosting(posting: Posting): clearing.LedgerPosting {
  const { owner, asset, purpose, side, amountMinor } = posting;
  return { owner, asset, purpose: PURPOSES[purpose], side: toWirePostingSide(side), amountMinor };
}

/** A posting read back. Throws on an unknown purpose or side: a ledger must not guess. */
export function fromWirePosting(wire: clearing.LedgerPosting): Posting {
  const { owner, asset, amountMinor } = wire;
  const purpose = PURPOSE_BY_NUMBER.get(wire.purpose);
  if (!purpose) throw new Error(`account purpose ${wire.purpose} is unknown`);
  if (wire.side !== DEBIT && wire.side !== CREDIT) throw new Error(`posting side ${wire.side} is unknown`);
  return { owner, asset, purpose, side: wire.side === DEBIT ? 'debit' : 'credit', amountMinor };
}
