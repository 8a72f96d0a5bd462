import type { trading } from '@clearway/contracts';
import { fields } from '@clearway/platform-rpc';
import { type SplitParts, type StreamLeg, shardIndexIn, shardIndexOf } from '@clearway/platform-sharding';

type Parts = SplitParts<trading.StreamOrdersRequest, trading.StreamOrdersResponse>;
type Leg = StreamLeg<trading.StreamOrdersRequest>;

/** Commands in one message; as for a stream of one shard. */
const MESSAGE_COMMANDS_MAX = 500;
/** gRPC's status of an order that a shard does not know. */
const NOT_FOUND = 5;
/** Shards of orders that a stream remembers by their owner's key, so that a cancel by key finds them. */
const KEYS_REMEMBERED_MAX = 100_000;

/**
 * Order entry over several shards: each command goes to the shard of its instrument, acks and reports come back as they are
 * made. Commands for one instrument stay in order; across shards there is none. When a shard's part breaks off, the whole
 * stream ends with UNAVAILABLE, as it does when a single process goes: the client asks again by key, and what was to be
 * cancelled on disconnect is cancelled in every shard that still has the stream.
 */
export async function splitOrders(parts: Parts): Promise<void> {
  const split = new OrderSplit(parts);
  await split.run();
}

class OrderSplit {
  private readonly legs = new Map<number, Promise<Leg>>();
  private readonly shardOfKey = new Map<string, number>();
  /** Commands that every shard was asked for, by request id. */
  private readonly asked = new Map<number, { left: number; best: trading.OrderEntryAck | undefined }>();
  private first: trading.StreamOrdersRequest | undefined;
  private fail: (error: unknown) => void = () => undefined;
  private readonly failed = new Promise<never>((_resolve, reject) => {
    this.fail = reject;
  });

  constructor(private readonly parts: Parts) {
    this.failed.catch(() => undefined);
  }

  async run(): Promise<void> {
    const { stream, call } = this.parts;
    try {
      await Promise.race([stream.receive((message) => this.take(message)), this.failed]);
      await Promise.race([this.finish(), this.failed]);
    } catch (error) {
      call.abort(error);
      throw error;
    }
  }

  private take(message: trading.StreamOrdersRequest): void {
    const check = fields();
    check.list('commands', message.commands, MESSAGE_COMMANDS_MAX);
    check.done();
    this.first ??= message;
    const byShard = new Map<number, trading.OrderEntryCommand[]>();
    for (const command of message.commands) {
      for (const shard of this.shardsOf(command)) {
        const own = byShard.get(shard);
        if (own === undefined) byShard.set(shard, [command]);
        else own.push(command);
      }
    }
    for (const [shard, commands] of byShard) this.send(shard, commands);
  }

  private send(shard: number, commands: trading.OrderEntryCommand[]): void {
    const { cancelOnDisconnect, acksOnly } = this.first ?? { cancelOnDisconnect: false, acksOnly: false };
    let leg = this.legs.get(shard);
    if (leg === undefined) {
      leg = this.open(shard);
      this.legs.set(shard, leg);
    }
    void leg.then((open) => open.send({ cancelOnDisconnect, acksOnly, commands }), this.fail);
  }

  private async open(shard: number): Promise<Leg> {
    const { stream, open } = this.parts;
    const leg = await open(shard, (message) => {
      const acks = this.asked.size === 0 ? message.acks : message.acks.flatMap((ack) => this.answered(ack));
      if (acks.length > 0 || message.reports.length > 0) stream.write({ ...message, acks });
    });
    leg.ended.catch((error: unknown) => this.fail(error));
    return leg;
  }

  private async finish(): Promise<void> {
    const legs = await Promise.all(this.legs.values());
    for (const leg of legs) leg.end();
    await Promise.all(legs.map(({ ended }) => ended));
  }

  /** One of several answers: the shard that knows the order has the word, the others only say that they do not. */
  private answered(ack: trading.OrderEntryAck): trading.OrderEntryAck[] {
    const asked = this.asked.get(ack.requestId);
    if (asked === undefined) return [ack];
    asked.left -= 1;
    const isUnknown = ack.result?.$case === 'error' && ack.result.value.status === NOT_FOUND;
    if (!isUnknown || asked.best === undefined) asked.best = ack;
    if (asked.left > 0) return [];
    this.asked.delete(ack.requestId);
    return [asked.best];
  }

  /** The shard of a command; every shard for an order named by a key that this stream has not placed. */
  private shardsOf({ requestId, command }: trading.OrderEntryCommand): readonly number[] {
    const { shardCount } = this.parts;
    if (command?.$case === 'place') {
      const { account, clOrdId, symbol } = command.value;
      const shard = shardIndexOf(symbol, shardCount);
      this.remember(`${account} ${clOrdId}`, shard);
      return [shard];
    }
    if (command?.$case === 'cancel') return this.shardsOfOrder(requestId, command.value);
    if (command?.$case !== 'replace') return [0];
    const { orderId, account, origClOrdId, clOrdId } = command.value;
    const shards = this.shardsOfOrder(requestId, { orderId, account, clOrdId: origClOrdId });
    const [shard] = shards;
    if (shards.length === 1 && shard !== undefined) this.remember(`${account} ${clOrdId}`, shard);
    return shards;
  }

  private shardsOfOrder(
    requestId: number,
    { orderId, account, clOrdId }: { orderId: string; account: string; clOrdId: string },
  ): readonly number[] {
    const { shardCount } = this.parts;
    if (orderId !== '') {
      const shard = shardIndexIn('trading', orderId.split(':', 1)[0] ?? '') ?? 0;
      return [shard < shardCount ? shard : 0];
    }
    const placed = this.shardOfKey.get(`${account} ${clOrdId}`);
    if (placed !== undefined) return [placed];
    this.asked.set(requestId, { left: shardCount, best: undefined });
    return Array.from({ length: shardCount }, (_, shard) => shard);
  }

  private remember(key: string, shard: number): void {
    this.shardOfKey.delete(key);
    this.shardOfKey.set(key, shard);
    if (this.shardOfKey.size <= KEYS_REMEMBERED_MAX) return;
    const [oldest] = this.shardOfKey.keys();
    if (oldest !== undefined) this.shardOfKey.delete(oldest);
  }
}
