import { type CallContext, fields } from '@clearway/platform-rpc';
import type { ClearingShard } from '../clearing-core';

const NOTE = { charsMax: 500 };

/** Freezes an account or lifts it, for FreezeAccount and UnfreezeAccount; risk is told by a saga. Idempotent. */
export async function setAccountFrozen(
  shard: ClearingShard,
  { account, note }: { readonly account: string; readonly note: string },
  frozen: boolean,
  call: CallContext,
): Promise<{ account: string; frozen: boolean }> {
  const check = fields();
  check.accountId('account', account);
  check.optionalText('note', note, NOTE);
  check.done();
  const command = { kind: 'SetAccountFrozen', account, frozen, note } as const;
  await shard.submit(command, call);
  return { account, frozen };
}
