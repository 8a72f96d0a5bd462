import type { clearing } from '@clearway/contracts';
import type { UnaryHandler } from '@clearway/platform-rpc';
import type { ClearingShard } from '../clearing-core';
import { setAccountFrozen } from './set-account-frozen';

/** FreezeAccount: stops settlement and withdrawals of an account. */
export function freezeAccountRpc(
  shard: ClearingShard,
): UnaryHandler<clearing.FreezeAccountRequest, clearing.FreezeAccountResponse> {
  return (request, call) => setAccountFrozen(shard, request, true, call);
}
