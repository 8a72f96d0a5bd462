import { type CallContext, RpcError } from '@clearway/platform-rpc';
import type { LocalShard } from './local-shard';

/** Runs a stream's handler until it ends or its shard is handed over; what it still does then is waited for by the shard. */
export async function untilLeaving(
  shard: LocalShard,
  call: CallContext,
  run: () => Promise<void>,
): Promise<void> {
  let onLeave: (() => void) | undefined;
  const left = new Promise<never>((_resolve, reject) => {
    onLeave = () => {
      call.abort();
      reject(new RpcError('DRAINING', 'The shard moves to another process.'));
    };
    if (shard.leaving.aborted) onLeave();
    else shard.leaving.addEventListener('abort', onLeave, { once: true });
  });
  const exit = shard.enter();
  const running = run().finally(exit);
  running.catch(() => undefined);
  try {
    await Promise.race([running, left]);
  } finally {
    if (onLeave !== undefined) shard.leaving.removeEventListener('abort', onLeave);
  }
}
