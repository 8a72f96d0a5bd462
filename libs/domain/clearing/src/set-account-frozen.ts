import type { ClearingEvent } from './clearing-event';
import type { ClearingState } from './clearing-state';

/** Freezes an account or lifts it. Idempotent: a change to what already is changes nothing. */
export interface SetAccountFrozen {
  readonly kind: 'SetAccountFrozen';
  readonly account: string;
  readonly frozen: boolean;
  /** Why, in the operator's words. */
  readonly note: string;
}

/** Returns the event that starts the FreezeAccount saga, or undefined when the account is so already. */
export function accountFreezeSet(state: ClearingState, command: SetAccountFrozen): ClearingEvent | undefined {
  const { account, frozen, note } = command;
  if (state.freezes.isFrozen(account) === frozen) return undefined;
  const version = state.freezes.nextVersion;
  return { kind: 'AccountFreezeSet', account, frozen, version, sagaNumber: state.sagas.nextNumber, note };
}
