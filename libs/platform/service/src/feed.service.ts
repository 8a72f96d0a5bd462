import { journal } from '@clearway/contracts';
import type { BatchSource } from '@clearway/platform-journal';
import {
  type AllowTable,
  fields,
  RpcError,
  type RpcService,
  rpcService,
  subjectOf,
} from '@clearway/platform-rpc';
import type { Figures } from '@clearway/platform-telemetry';
import { toRpcError } from './service-errors';
import { feedMetrics, type OpenSubscription } from './service-metrics';

const SHARD = { charsMax: 64 };

/** The part of a ServiceCore that is needed. */
interface FeedOwner {
  readonly shardId: string;
  readonly figures: Figures;
  readonly shard: {
    readonly feed: BatchSource;
    durablePosition(): { readonly nextEvent: number };
  };
}

/**
 * Serves the journal of the service's shard as a stream of committed batches, byte for byte. A slow reader holds up nobody:
 * while its window is full, nothing is read for it.
 */
export function feedService(
  core: FeedOwner,
  allow: AllowTable<typeof journal.FeedServiceService>,
): RpcService {
  const open = new Set<OpenSubscription>();
  feedMetrics(core.figures, core.shardId, open, () => core.shard.durablePosition().nextEvent);
  return rpcService({
    definition: journal.FeedServiceService,
    allow,
    handlers: {
      subscribe: async ({ shard, fromEvent }, call, stream) => {
        const check = fields();
        check.text('shard', shard, SHARD);
        check.integer('from_event', fromEvent, 0, Number.MAX_SAFE_INTEGER);
        check.done();
        if (shard !== core.shardId) throw new RpcError('UNKNOWN_SHARD', undefined, { shard });
        const subscription = { subscriber: subjectOf(call.caller), nextEvent: fromEvent };
        open.add(subscription);
        try {
          for await (const batch of core.shard.feed.subscribe(fromEvent, { signal: call.signal })) {
            await stream.send(batch);
            subscription.nextEvent = batch.firstEvent + batch.eventCount;
          }
        } catch (error) {
          throw toRpcError(error);
        } finally {
          open.delete(subscription);
        }
        if (!call.signal.aborted) throw new RpcError('DRAINING');
      },
    },
  });
}
