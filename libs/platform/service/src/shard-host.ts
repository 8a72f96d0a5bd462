import { hostname } from 'node:os';
import type { Journal } from '@clearway/platform-journal';
import { RpcError, type RpcService } from '@clearway/platform-rpc';
import type { Shard } from '@clearway/platform-shard';
import {
  BEAT_EVERY_MS,
  balancedJournal,
  LeaseCounter,
  OwnerChannels,
  routedServices,
  ShardMembership,
  ShardRegistry,
  ShardRouter,
  shardDirectoryService,
} from '@clearway/platform-sharding';
import type { ServiceDefinition } from './service-definition';
import { serviceTlsFiles } from './service-tls';
import { ShardSlot, type SlotParts } from './shard-slot';
import { stateRoutes } from './shared-routes';

/** A process that holds more than its share gives one away when it has seen that for so long. */
const SURPLUS_BEFORE_HAND_OVER_MS = 4 * BEAT_EVERY_MS;

/** Batches of a feed pass between processes of a service; as large as audit takes them. */
const PEER_MESSAGE_BYTES_MAX = 33_554_432;

/** The shards of one service in one process: a slot for each, a fair share of them owned, and the way to the others. */
export class ShardHost<State, Command, Event, Outcome, Output> {
  private readonly slots: readonly ShardSlot<State, Command, Event, Outcome, Output>[];
  private readonly counter: LeaseCounter;
  private readonly registry: ShardRegistry;
  private membership: ShardMembership | undefined;
  private peers: OwnerChannels | undefined;
  private balancer: NodeJS.Timeout | undefined;
  private surplusSinceMs: number | undefined;
  private handingOver: Promise<void> | undefined;
  private readonly listeners: ((indices: readonly number[]) => void)[] = [];
  private address = '';
  private isLeaving = false;

  constructor(
    private readonly definition: ServiceDefinition<State, Command, Event, Outcome, Output>,
    journal: Journal,
    private readonly parts: Omit<SlotParts, 'journal' | 'onChange'>,
  ) {
    const { name, settings, routes } = definition;
    const { CLEARWAY_SHARDS: shardCount, CLEARWAY_INSTANCE: instance } = settings;
    if (shardCount > 1 && routes === undefined)
      throw new RangeError(`CLEARWAY_SHARDS is ${shardCount}, but ${name} can only have one shard`);
    this.registry = new ShardRegistry(parts.pool, { service: name, instance, shardCount });
    this.counter = new LeaseCounter(() => this.membership?.allowance() ?? 0);
    const shared = {
      ...parts,
      journal: balancedJournal(journal, this.counter),
      onChange: () => this.changed(),
    };
    this.slots = Array.from({ length: shardCount }, (_, index) => new ShardSlot(index, definition, shared));
  }

  /** The services of this process: routed to where their shards are, or straight to the only one. */
  services(): readonly RpcService[] {
    const { name, settings, routes } = this.definition;
    const { CLEARWAY_SHARDS: shardCount, CLEARWAY_INSTANCE: instance } = settings;
    const membership = new ShardMembership({
      registry: this.registry,
      address: () => this.address,
      serving: () => this.owned(),
      log: this.parts.log,
    });
    this.membership = membership;
    const first = this.slots[0]?.services ?? [];
    const directory = shardDirectoryService(membership);
    if (routes === undefined) return [...first, directory];
    const { log } = this.parts;
    const peers = new OwnerChannels({
      tls: serviceTlsFiles(settings),
      log,
      expect: `svc/${name}`,
      receiveMessageBytesMax: PEER_MESSAGE_BYTES_MAX,
    });
    this.peers = peers;
    const local = (index: number) => this.slots[index]?.local;
    const router = new ShardRouter({ service: name, instance, shardCount, membership, peers, local, log });
    return [...routedServices(first, [...routes, stateRoutes], router, shardCount), directory];
  }

  /** The number of shards must be the recorded one: called before anything is served. */
  async check(): Promise<void> {
    await this.registry.open();
  }

  /** Joins the other processes, and begins to take its share of the shards. */
  async join(port: number): Promise<void> {
    const { CLEARWAY_ADVERTISE: advertised, CLEARWAY_LISTEN: listen } = this.definition.settings;
    const host = isAnyHost(listen.host) ? hostname() : listen.host;
    const shown = advertised ?? { host, port };
    this.address = `${shown.host.includes(':') ? `[${shown.host}]` : shown.host}:${shown.port}`;
    const { membership } = this;
    if (membership === undefined) throw new Error('the services come first');
    await membership.start();
    this.counter.open();
    this.balancer = setInterval(() => this.balance(), BEAT_EVERY_MS);
  }

  /** Hears when the shards that this process serves have become others. Must not throw. */
  onOwned(listener: (indices: readonly number[]) => void): void {
    this.listeners.push(listener);
  }

  /** The shard in whose journal this process may write notes. @throws RpcError NOT_READY when it owns none */
  noteTaker(): Pick<Shard<State, Command, Event, Outcome, Output>, 'note'> {
    const owner = this.slots.find(({ local }) => local !== undefined);
    if (owner === undefined) throw new RpcError('NOT_READY');
    return owner.core.shard;
  }

  /** Indices of the shards that it serves now. */
  owned(): number[] {
    return this.slots.filter(({ local }) => local !== undefined).map(({ index }) => index);
  }

  /** Lets the others take what it is about to give back. */
  async leave(): Promise<void> {
    this.isLeaving = true;
    clearInterval(this.balancer);
    await this.handingOver;
    await this.membership?.leave();
  }

  /** Gives every shard to the other processes, if there are any, to whom calls that still come in here are handed on meanwhile. */
  async handOverAll(): Promise<void> {
    const others = this.membership?.map.members.length ?? 0;
    if (this.definition.routes === undefined || others === 0) return;
    await Promise.all(this.slots.map((slot) => slot.close()));
  }

  /** Finishes what was taken and gives every lease back. */
  async close(): Promise<void> {
    clearInterval(this.balancer);
    this.counter.open();
    await this.handingOver;
    await Promise.all(this.slots.map((slot) => slot.close()));
    await this.membership?.stop();
    this.peers?.close();
  }

  private changed(): void {
    void this.membership?.beat();
    if (this.isLeaving) return;
    const owned = this.owned();
    for (const listener of this.listeners) listener(owned);
  }

  /** Hands one shard over when this process has had more than its share for a while, which is when others came. */
  private balance(): void {
    const { membership, handingOver } = this;
    if (membership === undefined || handingOver !== undefined) return;
    const nowMs = performance.now();
    if (this.counter.count <= membership.allowance()) this.surplusSinceMs = undefined;
    else this.surplusSinceMs ??= nowMs;
    if (nowMs - (this.surplusSinceMs ?? nowMs) < SURPLUS_BEFORE_HAND_OVER_MS) return;
    const index = this.owned().at(-1);
    const slot = index === undefined ? undefined : this.slots[index];
    if (slot === undefined) return;
    this.surplusSinceMs = undefined;
    this.handingOver = slot
      .handOver()
      .catch((error: Error) => this.parts.onFatal(error))
      .finally(() => {
        this.handingOver = undefined;
      });
  }
}

function isAnyHost(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
