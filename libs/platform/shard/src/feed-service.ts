import type { journal } from '@clearway/contracts';
import { type BatchSource, EventBeyondHeadError } from '@clearway/platform-journal';
import { ShardUnavailableError, UnknownShardError } from './errors';

type SubscribeCall = Parameters<journal.FeedServiceServer['subscribe']>[0];

/** How a failed subscription is told to its caller, as grpc-js wants it: an Error with a status code and metadata. */
export type ToServiceError = (error: Error) => Error;

const STATUS = { notFound: 5, failedPrecondition: 9, internal: 13, unavailable: 14 } as const;

/**
 * Serves FeedService for the shards of this process. Batches are written as they stand in the journal; while the caller's
 * window is full nothing is read for it. The stream ends when the caller cancels, and fails when the shard stops.
 * @param feedOf gives a shard's feed, undefined for a shard that is not here; it may throw a ShardUnavailableError
 * @param toServiceError the service's own error mapping; without it, the bare status code is set
 */
export function feedServiceHandlers(
  feedOf: (shardId: string) => BatchSource | undefined,
  toServiceError: ToServiceError = withStatusCode,
): Pick<journal.FeedServiceServer, 'subscribe'> {
  return {
    subscribe: (call) => {
      const abort = new AbortController();
      const onGone = (): void => abort.abort();
      call.once('cancelled', onGone).once('close', onGone).once('error', onGone);
      stream(call, feedOf, abort.signal).then(
        () => call.end(),
        // Not destroy: grpc-js sends the status when it hears the event and ends the stream itself.
        (error: Error) => call.emit('error', toServiceError(error)),
      );
    },
  };
}

async function stream(
  call: SubscribeCall,
  feedOf: (shardId: string) => BatchSource | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { shard, fromEvent } = call.request;
  const feed = feedOf(shard);
  if (feed === undefined) throw new UnknownShardError(shard);
  for await (const batch of feed.subscribe(fromEvent, { signal })) {
    if (!call.write(batch)) await drained(call, signal);
    if (signal.aborted) return;
  }
  if (!signal.aborted) throw new ShardUnavailableError(shard, 'DRAINING', `${shard} is stopped`);
}

async function drained(call: SubscribeCall, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      call.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    call.on('drain', done);
    signal.addEventListener('abort', done);
  });
}

function withStatusCode(error: Error): Error {
  return Object.assign(error, { code: statusCodeOf(error), details: error.message });
}

function statusCodeOf(error: Error): number {
  if (error instanceof UnknownShardError) return STATUS.notFound;
  if (error instanceof EventBeyondHeadError) return STATUS.failedPrecondition;
  return error instanceof ShardUnavailableError ? STATUS.unavailable : STATUS.internal;
}
