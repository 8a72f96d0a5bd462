import type { ClearingEvent } from './clearing-event';
import type { ClearingState } from './clearing-state';
import { sameTransferBody, type Transfer, type TransferBody, transferBody } from './transfers';

/** Asks for a deposit or withdrawal. The shape of the body was checked by the RPC. */
export interface RequestTransfer extends TransferBody {
  readonly kind: 'RequestTransfer';
}

/** What became of a request; a duplicate is answered with the first transfer, whatever its status is by now. */
export type RequestTransferOutcome =
  | { readonly kind: 'transfer'; readonly transfer: Transfer; readonly duplicate: boolean }
  | { readonly kind: 'request-id-reused' };

/** Says what a repeated key gets: the first transfer for the same body, a refusal for another; undefined for a new key. */
export function repeatedTransfer(
  { transfers }: Pick<ClearingState, 'transfers'>,
  body: TransferBody,
): RequestTransferOutcome | undefined {
  const known = transfers.find(body.account, body.requestId);
  if (!known) return undefined;
  if (!sameTransferBody(known, body)) return { kind: 'request-id-reused' };
  return { kind: 'transfer', transfer: known, duplicate: true };
}

/** Returns the event that starts the transfer's saga. */
export function transferRequested(state: ClearingState, body: TransferBody): ClearingEvent {
  return {
    kind: 'TransferRequested',
    transferNumber: state.transfers.nextTransferNumber,
    sagaNumber: state.sagas.nextNumber,
    ...transferBody(body),
  };
}
