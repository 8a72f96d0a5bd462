import { isReasonCode } from '@clearway/kernel';
import { RpcError } from '@clearway/platform-rpc';

/**
 * Turns an error of the shard or the journal into the one that crosses services. Such errors name their reason themselves
 * (`NOT_READY`, `DRAINING`, `OVERLOADED`, `UNKNOWN_SHARD`, `EVENT_BEYOND_HEAD`); whatever names none is returned as it is,
 * and the server reports it as a bug.
 */
export function toRpcError(error: unknown): unknown {
  if (error instanceof RpcError || !(error instanceof Error)) return error;
  const { reason, retryAfterMs } = error as { reason?: unknown; retryAfterMs?: unknown };
  if (typeof reason !== 'string' || !isReasonCode(reason)) return error;
  const options = typeof retryAfterMs === 'number' ? { retryAfterMs, cause: error } : { cause: error };
  return new RpcError(reason, undefined, {}, options);
}

/** Awaits a promise of the shard and rejects as `toRpcError` says. */
export async function withRpcErrors<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw toRpcError(error);
  }
}
