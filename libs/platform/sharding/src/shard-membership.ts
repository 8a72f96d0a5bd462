import type { RpcLog } from '@clearway/platform-rpc';
import { isSameMap, type ShardMap } from './shard-map';
import { MEMBER_TTL_MS, type ShardRegistry } from './shard-registry';

/** How often a process says that it runs, and looks who else does. */
export const BEAT_EVERY_MS = 250;

/** What a membership tells and asks. */
export interface MembershipPorts {
  readonly registry: Pick<ShardRegistry, 'identity' | 'say' | 'leave' | 'look'>;
  /** HOST:PORT where this process is reached. */
  address(): string;
  /** Shards that this process serves at this moment. */
  serving(): readonly number[];
  readonly log: RpcLog;
}

/** Hears of each map that differs from the one before. Must not throw. */
export type MapListener = (map: ShardMap) => void;

/**
 * One process among those of its service: says at every beat that it runs and what it serves, and knows from the same rows
 * who else does. While the database does not answer the last map stands; leases expire by themselves.
 */
export class ShardMembership {
  private readonly listeners = new Set<MapListener>();
  private known: ShardMap;
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;
  private isLeaving = false;
  private failures = 0;

  constructor(private readonly ports: MembershipPorts) {
    const { service, shardCount } = ports.registry.identity;
    const owners = Array.from({ length: shardCount }, () => undefined);
    this.known = { service, shardCount, owners, members: [] };
  }

  /** The newest map. */
  get map(): ShardMap {
    return this.known;
  }

  /** Says and looks for the first time, then at every beat. Rejects when the database does not answer. */
  async start(): Promise<void> {
    await this.exchange();
    this.timer = setInterval(() => void this.beat(), BEAT_EVERY_MS);
  }

  /** Says at once what has changed, instead of at the next beat. */
  async beat(): Promise<void> {
    this.beating ??= this.exchange()
      .then(() => {
        this.failures = 0;
      })
      .catch((error: Error) => this.failed(error))
      .finally(() => {
        this.beating = undefined;
      });
    return this.beating;
  }

  /** Hears of every later map; returns how to stop hearing. */
  onChange(listener: MapListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Most shards that this process may hold: its fair share, rounded up; none before it has joined or once it leaves. */
  allowance(): number {
    const { members, shardCount } = this.known;
    if (this.isLeaving || members.length === 0) return 0;
    return Math.ceil(shardCount / members.length);
  }

  /** Counts itself out, so that the others may take what it is about to give back. Goes on looking. */
  async leave(): Promise<void> {
    this.isLeaving = true;
    await this.beating;
    await this.beat();
  }

  /** Ends the beats. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.beating;
    this.listeners.clear();
  }

  private async exchange(): Promise<void> {
    const { ports } = this;
    const { registry } = ports;
    if (this.isLeaving) await registry.leave();
    else await registry.say(ports.address(), [...ports.serving()]);
    const map = await registry.look();
    if (isSameMap(map, this.known)) return;
    this.known = map;
    for (const listener of [...this.listeners]) listener(map);
  }

  /** One failure is a hiccup; after the time that a member lives, the others do not see this process any more. */
  private failed(error: Error): void {
    this.failures += 1;
    if (this.failures === 1 || (this.failures * BEAT_EVERY_MS) % MEMBER_TTL_MS === 0)
      this.ports.log.warn({ err: error, failures: this.failures }, 'the shard registry does not answer');
  }
}
