import type { clearing } from '@clearway/contracts';
import type { UnaryHandler } from '@clearway/platform-rpc';
import type { ClearingShard } from '../clearing-core';
import { setAccountFrozen } from './set-account-frozen';

/** UnfreezeAccount: lifts a freeze. */
export function unfreezeAccountRpc(
  shard: ClearingShard,
): UnaryHandler<clearing.UnfreezeAccountRequest, clearing.UnfreezeAccountResponse> {
  return (request, call) => setAccountFrozen(shard, request, false, call);
}
