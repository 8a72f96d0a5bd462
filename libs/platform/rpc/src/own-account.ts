import { participantOf } from '@clearway/kernel';
import type { PeerIdentity } from './peer-identity';
import { RpcError } from './rpc-error';

/**
 * Lets a participant touch only its own accounts; `alice` owns `alice.main`. Operators and services pass, because the
 * method's allow-table has already let them in. Throws NOT_YOUR_ACCOUNT (PERMISSION_DENIED).
 */
export function requireOwnAccount(caller: PeerIdentity, accountId: string): void {
  if (caller.kind !== 'participant') return;
  if (accountId.includes('.') && participantOf(accountId) === caller.name) return;
  throw new RpcError('NOT_YOUR_ACCOUNT', undefined, { account: accountId });
}
