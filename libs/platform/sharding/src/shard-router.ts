import {
  type CallContext,
  type CallOptions,
  type DuplexStream,
  type ResponseStream,
  RpcClient,
  RpcError,
  type RpcLog,
  type RpcService,
  type WireMethod,
  type WireService,
} from '@clearway/platform-rpc';
import type { LocalShard } from './local-shard';
import type { OwnerChannels } from './owner-channels';
import type { AnyBidiHandler, AnyRoute, ShardTarget, StreamLeg } from './routes';
import type { MapSource } from './shard-directory.service';
import { shardIdOf, shardIndexIn, shardIndexOf } from './shard-key';
import { SharedFlow } from './shared-flow';
import { localLeg, remoteLeg } from './stream-legs';
import { untilLeaving } from './until-leaving';

/** How long a call waits for a shard that is between two owners, unless its deadline comes first. */
export const HOLD_MAX_MS = 8_000;
/** A call asks again at the latest after this, though the map did not change. */
const AGAIN_AFTER_MS = 50;

/** What routing needs of its process. */
export interface RouterPorts {
  /** Short name of the service. */
  readonly service: string;
  readonly instance: string;
  readonly shardCount: number;
  readonly membership: MapSource;
  /** Ways to the other processes of this service. */
  readonly peers: OwnerChannels;
  /** A shard that this process serves now; undefined for those of others. */
  local(index: number): LocalShard | undefined;
  readonly log: RpcLog;
}

/** Where one method lives: which service of the process, under which key. */
export interface RoutedMethod {
  readonly definition: WireService;
  readonly method: WireMethod;
  /** Place of the service in LocalShard.services. */
  readonly position: number;
  /** Key of the handler. */
  readonly key: string;
  readonly route: AnyRoute;
}

type AnyUnary = (request: unknown, call: CallContext) => Promise<unknown>;
type AnyServerStream = (
  request: unknown,
  call: CallContext,
  stream: ResponseStream<unknown>,
) => Promise<void>;

/**
 * Takes every call of a service at any of its processes and brings it to the shard that it is for: to the handler in this
 * process, or to the owner's process in the caller's name. A shard that is between two owners is waited for. A forwarded
 * call is never forwarded again.
 */
export class ShardRouter {
  constructor(private readonly ports: RouterPorts) {}

  /** Serves a unary method. */
  async unary(routed: RoutedMethod, request: unknown, call: CallContext): Promise<unknown> {
    const target = this.targetOf(routed.route.target?.(request) ?? 'named', call);
    if (typeof target === 'number') return this.ask(routed, target, request, call);
    return target === 'every'
      ? this.askEvery(routed, request, call)
      : this.askUntilKnown(routed, request, call);
  }

  /** Serves a stream of answers. */
  async stream(
    routed: RoutedMethod,
    request: unknown,
    call: CallContext,
    stream: ResponseStream<unknown>,
  ): Promise<void> {
    const target = this.targetOf(routed.route.target?.(request) ?? 'named', call);
    if (typeof target === 'number') return this.streamFrom(routed, target, request, call, stream);
    try {
      const parts = this.partsOf(routed.route, request);
      await Promise.all(parts.map((each) => this.streamFrom(routed, each.index, each.request, call, stream)));
    } finally {
      call.abort();
    }
  }

  /** Opens one shard's part of a stream both ways, here or at its owner. */
  async openLeg(
    routed: RoutedMethod,
    index: number,
    call: CallContext,
    flow: SharedFlow,
    onMessage: (message: unknown) => void,
  ): Promise<StreamLeg<unknown>> {
    return this.atOwner(index, call, true, async (local, address) => {
      if (local !== undefined) {
        const handler = handlerOf(local, routed) as AnyBidiHandler;
        return localLeg(local, handler, call, flow, onMessage);
      }
      const client = new RpcClient(this.ports.peers.to(address), routed.definition);
      const options = this.handedOn(call, index);
      return remoteLeg(client.duplex(routed.key as never, options) as never, flow, onMessage);
    });
  }

  /** Serves a stream both ways that is for one shard alone. */
  async wholeStream(
    routed: RoutedMethod,
    call: CallContext,
    stream: DuplexStream<unknown, unknown>,
  ): Promise<void> {
    const index = this.wholeStreamIndex(call);
    const local = this.ports.local(index);
    if (local !== undefined) {
      const handler = handlerOf(local, routed) as AnyBidiHandler;
      return untilLeaving(local, call, () => handler(call, stream));
    }
    const leg = await this.openLeg(routed, index, call, new SharedFlow(stream), (message) => {
      stream.write(message);
    });
    const received = stream.receive((message) => leg.send(message)).then(() => leg.end());
    await Promise.race([leg.ended, received.then(() => leg.ended)]);
  }

  /** The shard of a stream both ways that is not split: the one that its header names, else the first. */
  private wholeStreamIndex(call: CallContext): number {
    const target = this.targetOf({ index: 0 }, call);
    return typeof target === 'number' ? target : 0;
  }

  /** The one shard that a call is for, or which of several. */
  private targetOf(target: ShardTarget, call: CallContext): number | 'every' | 'first-that-knows' {
    const { service, shardCount } = this.ports;
    if (call.isForwarded || (call.shard !== '' && (target === 'named' || target === 'every'))) {
      const index = shardIndexIn(service, call.shard);
      if (index === undefined || index >= shardCount)
        throw new RpcError('UNKNOWN_SHARD', undefined, { shard: call.shard });
      return index;
    }
    if (typeof target === 'object') {
      if ('key' in target) return shardIndexOf(target.key, shardCount);
      // An id of no shard of ours: any shard can say that it knows no such thing.
      return target.index < shardCount ? target.index : 0;
    }
    if (shardCount === 1) return 0;
    if (target !== 'named') return target;
    throw new RpcError('UNKNOWN_SHARD', 'Name the shard in the header clearway-shard.', { shard: '' });
  }

  /** What each shard is asked, but for those that are left out. */
  private partsOf({ part }: AnyRoute, request: unknown): { index: number; request: unknown }[] {
    const { shardCount } = this.ports;
    return this.indices()
      .map((index) => ({ index, request: part === undefined ? request : part(request, index, shardCount) }))
      .filter((each) => each.request !== undefined);
  }

  private indices(): number[] {
    return Array.from({ length: this.ports.shardCount }, (_, index) => index);
  }

  private async ask(
    routed: RoutedMethod,
    index: number,
    request: unknown,
    call: CallContext,
  ): Promise<unknown> {
    const { once = false } = routed.route;
    return this.atOwner(index, call, !once, async (local, address) => {
      if (local === undefined) return this.forward(routed, address, index, request, call);
      const exit = local.enter();
      try {
        return await (handlerOf(local, routed) as AnyUnary)(request, call);
      } finally {
        exit();
      }
    });
  }

  private async forward(
    { definition, key }: RoutedMethod,
    address: string,
    index: number,
    request: unknown,
    call: CallContext,
  ): Promise<unknown> {
    const client = new RpcClient(this.ports.peers.to(address), definition);
    return client.call(key as never, request, this.handedOn(call, index));
  }

  private async askEvery(routed: RoutedMethod, request: unknown, call: CallContext): Promise<unknown> {
    const { merge, ignoreUnknown = false } = routed.route;
    const parts = this.partsOf(routed.route, request);
    const settled = await Promise.allSettled(
      parts.map((each) => this.ask(routed, each.index, each.request, call)),
    );
    const failed = settled.find(
      (each) => each.status === 'rejected' && !isIgnored(each.reason, ignoreUnknown),
    );
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
    const answered = parts.flatMap(({ index }, place) => {
      const each = settled[place];
      return each?.status === 'fulfilled' ? [{ index, answer: each.value }] : [];
    });
    if (answered.length === 0) throw (settled[0] as PromiseRejectedResult).reason;
    const answers = answered.map(({ answer }) => answer);
    return merge === undefined
      ? answers[0]
      : merge(
          answers,
          request,
          answered.map(({ index }) => index),
        );
  }

  private async askUntilKnown(routed: RoutedMethod, request: unknown, call: CallContext): Promise<unknown> {
    const settled = await Promise.allSettled(
      this.indices().map((index) => this.ask(routed, index, request, call)),
    );
    const known = settled.find((each) => each.status === 'fulfilled');
    if (known !== undefined) return known.value;
    const errors = settled.map((each) => (each as PromiseRejectedResult).reason as unknown);
    throw errors.find((error) => !(error instanceof RpcError && error.status === 'NOT_FOUND')) ?? errors[0];
  }

  private async streamFrom(
    routed: RoutedMethod,
    index: number,
    request: unknown,
    call: CallContext,
    stream: ResponseStream<unknown>,
  ): Promise<void> {
    let isBegun = false;
    await this.atOwner(
      index,
      call,
      () => !isBegun,
      async (local, address) => {
        if (local !== undefined) {
          isBegun = true;
          const handler = handlerOf(local, routed) as AnyServerStream;
          return untilLeaving(local, call, () => handler(request, call, stream));
        }
        const client = new RpcClient(this.ports.peers.to(address), routed.definition);
        const options = this.handedOn(call, index);
        for await (const message of client.stream(routed.key as never, request, options)) {
          isBegun = true;
          await stream.send(message);
        }
      },
    );
  }

  /** Runs where the shard is served; asks again while it is between two owners, if what was tried may be tried again. */
  private async atOwner<T>(
    index: number,
    call: CallContext,
    mayRepeat: boolean | (() => boolean),
    run: (local: LocalShard | undefined, address: string) => Promise<T>,
  ): Promise<T> {
    const untilMs = Math.min(
      Date.now() + HOLD_MAX_MS,
      (call.deadlineMicros ?? Number.POSITIVE_INFINITY) / 1_000,
    );
    for (;;) {
      const local = this.ports.local(index);
      const owner = local === undefined ? this.ownerOf(index, call) : undefined;
      let failure: unknown;
      if (local !== undefined || owner !== undefined) {
        try {
          return await run(local, owner ?? '');
        } catch (error) {
          const isAllowed = typeof mayRepeat === 'boolean' ? mayRepeat : mayRepeat();
          const hasLeft = local === undefined || this.ports.local(index) !== local;
          if (!isElsewhere(error, isAllowed && hasLeft) || call.isForwarded) throw error;
          failure = error;
        }
      }
      if (Date.now() + AGAIN_AFTER_MS >= untilMs || call.cancelled) throw failure ?? this.notServed(index);
      await this.changeOrPause();
    }
  }

  private ownerOf(index: number, call: CallContext): string | undefined {
    const owner = this.ports.membership.map.owners[index];
    if (!call.isForwarded) return owner?.instance === this.ports.instance ? undefined : owner?.address;
    const shard = shardIdOf(this.ports.service, index);
    throw new RpcError('NOT_OWNER', undefined, { shard, address: owner?.address ?? '' });
  }

  private handedOn(call: CallContext, index: number): CallOptions {
    const { deadlineMicros, signal, traceparent, onBehalfOf } = call;
    const shard = shardIdOf(this.ports.service, index);
    return { deadlineMicros, signal, traceparent, onBehalfOf, shard };
  }

  private changeOrPause(): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(settle, AGAIN_AFTER_MS);
      const stop = this.ports.membership.onChange(settle);
    });
  }

  private notServed(index: number): RpcError {
    const shard = shardIdOf(this.ports.service, index);
    return new RpcError('NOT_READY', `Nobody serves ${shard} now.`, { shard });
  }
}

/** Whether the shard's owner was not there: nothing happened, or what happened may be asked for again. */
function isElsewhere(error: unknown, mayRepeat: boolean): boolean {
  if (!(error instanceof RpcError)) return false;
  if (error.reason === 'NOT_OWNER' || error.reason === 'DRAINING') return true;
  return mayRepeat && error.reason === 'NOT_READY';
}

/** A shard that does not know what every other one was asked for too has nothing to add. */
function isIgnored(error: unknown, ignoreUnknown: boolean): boolean {
  return ignoreUnknown && error instanceof RpcError && error.status === 'NOT_FOUND';
}

function handlerOf(local: LocalShard, { position, key }: RoutedMethod): unknown {
  const service = local.services[position] as RpcService;
  return service.spec.handlers[key];
}
