import { common } from '@clearway/contracts';
import { type AllowTable, type RpcService, rpcService } from '@clearway/platform-rpc';
import { type ShardMap, shardMapToWire } from './shard-map';

/** Every service has the same: peers and operators may know where shards are. */
const ALLOW: AllowTable<typeof common.ShardDirectoryServiceService> = {
  GetShardMap: ['svc/*', 'operator/*'],
  WatchShardMap: ['svc/*', 'operator/*'],
};

/** The part of a membership that is served. */
export interface MapSource {
  readonly map: ShardMap;
  onChange(listener: (map: ShardMap) => void): () => void;
}

/** Serves where the shards of this service are, from owners and standbys alike. */
export function shardDirectoryService(source: MapSource): RpcService {
  return rpcService({
    definition: common.ShardDirectoryServiceService,
    allow: ALLOW,
    handlers: {
      getShardMap: async () => ({ map: shardMapToWire(source.map) }),
      watchShardMap: async (_request, { signal }, stream) => {
        let sent: ShardMap | undefined;
        while (!signal.aborted) {
          const { map } = source;
          if (map === sent) {
            await nextChange(source, signal);
            continue;
          }
          sent = map;
          await stream.send({ map: shardMapToWire(map) });
        }
      },
    },
  });
}

function nextChange(source: MapSource, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      stop();
      signal.removeEventListener('abort', settle);
      resolve();
    };
    const stop = source.onChange(settle);
    signal.addEventListener('abort', settle, { once: true });
  });
}
