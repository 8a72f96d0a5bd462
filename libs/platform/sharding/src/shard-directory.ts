import { common } from '@clearway/contracts';
import type { Address } from '@clearway/platform-config';
import {
  type ClientStream,
  RpcChannel,
  type RpcChannelOptions,
  RpcClient,
  RpcError,
  type RpcLog,
  type TlsFiles,
} from '@clearway/platform-rpc';
import { OwnerChannels } from './owner-channels';
import { shardIdOf, shardIndexOf } from './shard-key';
import { isSameMap, type ShardMap, shardMapFromWire } from './shard-map';

/** Pause before the next process is asked for the map; it doubles with each failure in a row. */
const AGAIN_AFTER_MIN_MS = 50;
const AGAIN_AFTER_MAX_MS = 1_000;

/** A process that a caller could not reach as the map says is asked no sooner than this after the last doubt. */
const DOUBT_EVERY_MS = 1_000;
/** gRPC's status for a method that the server does not know. */
const UNIMPLEMENTED = 12;

/** Whose shards are looked for, and where to ask. */
export interface ShardDirectoryOptions {
  /** Short name of the service, for example `risk`. */
  readonly service: string;
  /** Any of its processes; the others are learned from them. */
  readonly seeds: readonly Address[];
  readonly tls: TlsFiles;
  readonly log: RpcLog;
  /** Largest message received, in bytes. Default: that of a channel. */
  readonly receiveMessageBytesMax?: number;
}

/**
 * Finds the owners of another service's shards, and keeps finding them when they move: it watches the map at one process of
 * the service, and at the next when that one goes. A service with one shard is called at the addresses that were configured,
 * of which the channel finds the one that serves; so is one from before there were maps.
 */
export class ShardDirectory {
  private readonly channels: OwnerChannels;
  private readonly seeds: readonly string[];
  private readonly how: Omit<RpcChannelOptions, 'address'>;
  /** The way to a service with one shard, opened when it is known to have just one. */
  private whole: RpcChannel | undefined;
  private readonly waiting = new Set<() => void>();
  private known: ShardMap | undefined;
  /** Where the map comes from now. */
  private at: string;
  private stream: ClientStream<common.WatchShardMapResponse> | undefined;
  private pause: NodeJS.Timeout | undefined;
  private failuresInRow = 0;
  private turn = 0;
  private doubtedAtMs = 0;
  private isClosed = false;

  constructor(private readonly options: ShardDirectoryOptions) {
    const { service, seeds, tls, log } = options;
    this.seeds = seeds.map(authority);
    const [first] = this.seeds;
    if (first === undefined) throw new TypeError(`no address of ${service} is given`);
    this.at = first;
    const { receiveMessageBytesMax } = options;
    const size = receiveMessageBytesMax === undefined ? {} : { receiveMessageBytesMax };
    this.how = { tls, log, expect: `svc/${service}`, ...size };
    this.channels = new OwnerChannels(this.how);
    this.watch();
  }

  /** The newest map; undefined until some process has told it. */
  get map(): ShardMap | undefined {
    return this.known;
  }

  /** Index of the shard that a key belongs to; undefined while the map is unknown. */
  shardOf(key: string): number | undefined {
    return this.known === undefined ? undefined : shardIndexOf(key, this.known.shardCount);
  }

  /** Whether the service is known to have more than one shard. */
  get isSharded(): boolean {
    return this.known !== undefined && this.known.shardCount > 1;
  }

  /** `risk/1`: what a shard of the service is called. */
  shardId(index: number): string {
    return shardIdOf(this.options.service, index);
  }

  /** The map, as soon as it is known. Rejects with NOT_READY. */
  async whenKnown(timeoutMs: number): Promise<ShardMap> {
    if (this.known === undefined) await this.change(timeoutMs);
    if (this.known === undefined) throw this.notReady('nobody tells where its shards are');
    return this.known;
  }

  /** The way to a shard's owner. @throws RpcError NOT_READY while there is none */
  channelOf(index: number): RpcChannel {
    if (this.known === undefined) throw this.notReady('nobody has told yet where its shards are');
    if (!this.isSharded) return this.wholeService();
    const owner = this.known.owners[index];
    if (owner === undefined) throw this.notReady(`nobody serves ${this.shardId(index)}`);
    return this.channels.to(owner.address);
  }

  /** Resolves at the next change of the map, or after the time given. */
  change(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.waiting.delete(settle);
        resolve();
      };
      const timer = setTimeout(settle, timeoutMs);
      this.waiting.add(settle);
    });
  }

  /** An owner was not where the map says: asks another process, in case the one that tells the map is cut off. */
  doubt(): void {
    const nowMs = performance.now();
    if (nowMs - this.doubtedAtMs < DOUBT_EVERY_MS) return;
    this.doubtedAtMs = nowMs;
    this.stream?.cancel();
  }

  /** Stops looking and closes every channel. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.pause);
    this.stream?.cancel();
    this.channels.close();
    this.whole?.close();
    for (const settle of [...this.waiting]) settle();
  }

  private watch(): void {
    const client = new RpcClient(this.channels.to(this.at), common.ShardDirectoryServiceService);
    const stream = client.stream('watchShardMap', {});
    this.stream = stream;
    const take = ({ map }: common.WatchShardMapResponse): void => this.take(shardMapFromWire(map));
    stream.receive(take).then(
      () => this.next(),
      (error: unknown) => this.lost(error),
    );
  }

  private lost(error: unknown): void {
    const isUnknownMethod = error instanceof RpcError && codeOf(error.cause) === UNIMPLEMENTED;
    const { service } = this.options;
    if (isUnknownMethod) {
      const owner = { address: this.at, instance: '' };
      this.take({ service, shardCount: 1, owners: [owner], members: [owner] });
    } else if (this.failuresInRow === 0 && !this.isClosed)
      this.options.log.info({ err: error, service, at: this.at }, 'shard map lost, asking the next process');
    this.failuresInRow += isUnknownMethod ? 10 : 1;
    this.next();
  }

  private next(): void {
    if (this.isClosed) return;
    const addresses = [
      ...new Set([...this.seeds, ...(this.known?.members ?? []).map((each) => each.address)]),
    ];
    this.turn += 1;
    this.at = addresses[this.turn % addresses.length] ?? this.at;
    const afterMs = Math.min(AGAIN_AFTER_MAX_MS, AGAIN_AFTER_MIN_MS * 2 ** Math.min(this.failuresInRow, 10));
    this.pause = setTimeout(() => this.watch(), afterMs);
  }

  private take(map: ShardMap | undefined): void {
    if (map === undefined) return;
    this.failuresInRow = 0;
    if (this.known !== undefined && isSameMap(this.known, map)) return;
    this.known = map;
    const owners = map.owners.flatMap((owner) => (owner === undefined ? [] : [owner.address]));
    this.channels.keepOnly(new Set([this.at, ...owners]));
    for (const settle of [...this.waiting]) settle();
  }

  private wholeService(): RpcChannel {
    this.whole ??= new RpcChannel({ ...this.how, address: this.seeds });
    return this.whole;
  }

  private notReady(why: string): RpcError {
    return new RpcError('NOT_READY', `${this.options.service} can not be called: ${why}.`);
  }
}

function codeOf(cause: unknown): unknown {
  return (cause as { code?: unknown } | undefined)?.code;
}

function authority({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
