import type { Reason } from '@clearway/kernel';
import { inPrecedence, reason } from '@clearway/kernel';
import type { ClearingState } from './clearing-state';
import { buildEntry } from './entry';
import { shortfallReason } from './legs';
import { customerPosting, housePosting, type Posting } from './posting';
import type { TransferBody } from './transfers';

/** Returns the entry of a transfer: a deposit debits NOSTRO and credits the customer, a withdrawal does the reverse. */
export function transferPostings({ deposit, account, asset, amountMinor }: TransferBody): readonly Posting[] {
  const [customerSide, nostroSide] = deposit
    ? (['credit', 'debit'] as const)
    : (['debit', 'credit'] as const);
  return buildEntry([
    housePosting('NOSTRO', asset, nostroSide, amountMinor),
    customerPosting(account, asset, customerSide, amountMinor),
  ]);
}

/**
 * Lists every reason why a withdrawal cannot be posted now; none means that it can. Deposits are never refused: the money is
 * at the house's bank already, and it may arrive for a frozen account as well.
 */
export function withdrawalRefusals(
  transfer: TransferBody,
  { ledger, freezes }: Pick<ClearingState, 'ledger' | 'freezes'>,
): readonly Reason[] {
  const { account, asset, amountMinor } = transfer;
  const reasons: Reason[] = freezes.isFrozen(account) ? [reason('ACCOUNT_FROZEN')] : [];
  const balanceMinor = ledger.customerBalanceMinor(account, asset);
  const shortfall = shortfallReason(balanceMinor, amountMinor, asset, 'INSUFFICIENT_FUNDS');
  if (shortfall) reasons.push(shortfall);
  return inPrecedence(reasons);
}
