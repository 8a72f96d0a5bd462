import type { common } from '@clearway/contracts';
import { isReasonCode, type Reason, reason } from '@clearway/kernel';

/** Kernel reasons as the wire carries them inside an answer. */
export function toWireReasons(reasons: readonly Reason[]): common.Reason[] {
  return reasons.map(({ code, message, metadata }) => ({ code, message, metadata: { ...metadata } }));
}

/**
 * Wire reasons as the kernel knows them. A code that this build does not know (the peer is newer) becomes INTERNAL with
 * the code in `metadata.code`, so that nothing is taken for a reason that it is not.
 */
export function fromWireReasons(reasons: readonly common.Reason[]): Reason[] {
  return reasons.map(({ code, message, metadata }) =>
    isReasonCode(code) ? reason(code, message, metadata) : reason('INTERNAL', message, { ...metadata, code }),
  );
}
