import { type StepOutcome, SUCCEEDED } from '@clearway/domain-saga';
import type { ClearingHost } from '../clearing-host';
import { transferPostings, withdrawalRefusals } from '../transfer-entry';
import type { Transfer } from '../transfers';

/** Posts a transfer into the ledger; a withdrawal may be refused, with every reason. */
export function postTransfer(host: ClearingHost, transfer: Transfer): StepOutcome {
  const reasons = transfer.deposit ? [] : withdrawalRefusals(transfer, host.state);
  if (reasons.length > 0) return { status: 'refused', reasons };
  host.emit({
    kind: 'TransferPosted',
    entryNumber: host.state.ledger.nextEntryNumber,
    transferNumber: transfer.transferNumber,
    postings: transferPostings(transfer),
  });
  return SUCCEEDED;
}
