import { inPrecedence, type Reason, reason } from '@clearway/kernel';
import { buildEntry } from './entry';
import type { Ledger } from './ledger';
import { customerPosting, housePosting, type Posting } from './posting';

/** Side of the participant in a trade. */
export type LegSide = 'buy' | 'sell';

/**
 * One side of a trade, exchanged with the house as counterparty. Amounts are positive minor units, the fee zero or more and,
 * for a sell, at most the quote amount; the RPC checks this shape before a leg becomes a command.
 */
export interface SettleLeg {
  readonly tradeNumber: number;
  readonly account: string;
  readonly side: LegSide;
  readonly baseAsset: string;
  readonly baseMinor: bigint;
  readonly quoteAsset: string;
  readonly quoteMinor: bigint;
  readonly feeMinor: bigint;
}

/**
 * Returns the entry of a leg. A buyer pays quote and fee and gets base; a seller gives base and gets quote less fee; the CCP
 * takes the other side, so that after both legs it holds nothing of either asset.
 */
export function legPostings(leg: SettleLeg): readonly Posting[] {
  return buildEntry(leg.side === 'buy' ? buyPostings(leg) : sellPostings(leg));
}

function buyPostings(leg: SettleLeg): Posting[] {
  return [
    customerPosting(leg.account, leg.quoteAsset, 'debit', leg.quoteMinor + leg.feeMinor),
    housePosting('CCP', leg.quoteAsset, 'credit', leg.quoteMinor),
    housePosting('FEES', leg.quoteAsset, 'credit', leg.feeMinor),
    housePosting('CCP', leg.baseAsset, 'debit', leg.baseMinor),
    customerPosting(leg.account, leg.baseAsset, 'credit', leg.baseMinor),
  ];
}

function sellPostings(leg: SettleLeg): Posting[] {
  return [
    customerPosting(leg.account, leg.baseAsset, 'debit', leg.baseMinor),
    housePosting('CCP', leg.baseAsset, 'credit', leg.baseMinor),
    housePosting('CCP', leg.quoteAsset, 'debit', leg.quoteMinor),
    housePosting('FEES', leg.quoteAsset, 'credit', leg.feeMinor),
    customerPosting(leg.account, leg.quoteAsset, 'credit', leg.quoteMinor - leg.feeMinor),
  ];
}

/** Lists every reason why a leg cannot be settled now; none means that it can. */
export function legRefusals(leg: SettleLeg, ledger: Ledger, frozen: boolean): readonly Reason[] {
  const reasons: Reason[] = frozen ? [reason('ACCOUNT_FROZEN')] : [];
  const buy = leg.side === 'buy';
  const asset = buy ? leg.quoteAsset : leg.baseAsset;
  const neededMinor = buy ? leg.quoteMinor + leg.feeMinor : leg.baseMinor;
  const shortfall = shortfallReason(
    ledger.customerBalanceMinor(leg.account, asset),
    neededMinor,
    asset,
    buy ? 'INSUFFICIENT_FUNDS' : 'INSUFFICIENT_POSITION',
  );
  if (shortfall) reasons.push(shortfall);
  return inPrecedence(reasons);
}

/** Says why a balance does not cover what is needed, with both figures in minor units; undefined when it does. */
export function shortfallReason(
  balanceMinor: bigint,
  neededMinor: bigint,
  asset: string,
  code: 'INSUFFICIENT_FUNDS' | 'INSUFFICIENT_POSITION',
): Reason | undefined {
  if (balanceMinor >= neededMinor) return undefined;
  return reason(code, `The settled ${asset} balance does not cover the amount.`, {
    asset,
    balanceMinor: balanceMinor.toString(),
    neededMinor: neededMinor.toString(),
  });
}
