import type { ServiceError } from '@grpc/grpc-js';
import { type CallOptions, deadlineMsFor, metadataFor, type UnaryCallOptions } from './call-options';
import { fromServiceError } from './error-status';
import type { RpcChannel } from './rpc-channel';
import { RpcError } from './rpc-error';
import type { WireMethod } from './wire-service';

const ATTEMPTS_MAX = 3;
const RETRY_DELAY_MIN_MS = 20;
const RETRY_DELAY_MAX_MS = 500;

/** Makes a unary call; the promise rejects with RpcError and nothing else. */
export function unaryRequest(
  channel: RpcChannel,
  method: WireMethod,
  request: unknown,
  options: UnaryCallOptions,
): Promise<unknown> {
  const deadlineMs = deadlineMsFor(options);
  if (!options.idempotent) return send(channel, method, request, deadlineMs, options);
  return sendAgain(channel, method, request, deadlineMs, options);
}

function send(
  channel: RpcChannel,
  method: WireMethod,
  request: unknown,
  deadlineMs: number,
  options: CallOptions,
): Promise<unknown> {
  const { signal } = options;
  if (signal?.aborted) return Promise.reject(canceled());
  return new Promise((resolve, reject) => {
    const settle = (error: ServiceError | null, response?: unknown): void => {
      signal?.removeEventListener('abort', cancel);
      tracked.settled();
      if (error) reject(fromServiceError(error));
      else resolve(response);
    };
    const call = channel.current.makeUnaryRequest<unknown, unknown>(
      method.path,
      method.requestSerialize as (value: unknown) => Buffer,
      method.responseDeserialize,
      request,
      metadataFor(options),
      { deadline: deadlineMs },
      settle,
    );
    const tracked = channel.track(call);
    const cancel = (): void => call.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
  });
}

/** Retries what the reason allows, with growing jittered delays, while deadline, attempts and budget last. */
async function sendAgain(
  channel: RpcChannel,
  method: WireMethod,
  request: unknown,
  deadlineMs: number,
  options: CallOptions,
): Promise<unknown> {
  channel.retryBudget.called();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send(channel, method, request, deadlineMs, options);
    } catch (error) {
      const delayMs = retryDelayMs(error, attempt);
      const hopeless = delayMs === undefined || Date.now() + delayMs >= deadlineMs || options.signal?.aborted;
      if (hopeless || !channel.retryBudget.take()) throw error;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
}

function retryDelayMs(error: unknown, attempt: number): number | undefined {
  if (attempt >= ATTEMPTS_MAX || !(error instanceof RpcError) || !error.retryable) return undefined;
  const ceilingMs = Math.min(RETRY_DELAY_MAX_MS, RETRY_DELAY_MIN_MS * 4 ** (attempt - 1));
  return (error.retryAfterMs ?? 0) + ceilingMs * (0.5 + Math.random() / 2);
}

/** The caller's own signal was set before anything was sent. */
export function canceled(): RpcError {
  return new RpcError('OUTCOME_UNKNOWN', 'The call was canceled.', {}, { retryable: false });
}
