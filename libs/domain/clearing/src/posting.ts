import { HOUSE } from '@clearway/kernel';

/**
 * What a ledger account is for. CUSTOMER: what a participant owns, a liability of the house (credit-normal). CCP: the house
 * as counterparty to both legs of each trade. FEES: income (credit-normal). NOSTRO: what lies at banks and depositories
 * outside, an asset of the house (debit-normal).
 */
export type AccountPurpose = 'CUSTOMER' | 'CCP' | 'FEES' | 'NOSTRO';

/** Side of a posting in double-entry book-keeping. */
export type PostingSide = 'debit' | 'credit';

/** One line of a ledger entry: it debits or credits one account by a positive amount in minor units of the asset. */
export interface Posting {
  /** Account id of a participant, or `house`. */
  readonly owner: string;
  readonly asset: string;
  readonly purpose: AccountPurpose;
  readonly side: PostingSide;
  readonly amountMinor: bigint;
}

/** Builds a posting to what a participant owns. */
export function customerPosting(
  account: string,
  asset: string,
  side: PostingSide,
  amountMinor: bigint,
): Posting {
  return { owner: account, asset, purpose: 'CUSTOMER', side, amountMinor };
}

/** Builds a posting to one of the house's own accounts. */
export function housePosting(
  purpose: Exclude<AccountPurpose, 'CUSTOMER'>,
  asset: string,
  side: PostingSide,
  amountMinor: bigint,
): Posting {
  return { owner: HOUSE, asset, purpose, side, amountMinor };
}
