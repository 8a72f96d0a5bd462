import type { trading } from '@clearway/contracts';
import { type CallContext, type DuplexStream, RpcError } from '@clearway/platform-rpc';
import { type StreamLeg, shardIndexOf } from '@clearway/platform-sharding';
import { splitOrders } from './split-orders';

const SHARDS = 2;
const UNKNOWN_ORDER = { status: 5, retryAfterMs: 0 };

type Request = trading.StreamOrdersRequest;
type Response = trading.StreamOrdersResponse;

/** Two shards that keep what they are sent, and answer what a test tells them to. */
class SplitWorld {
  readonly sent: { shard: number; message: Request }[] = [];
  readonly answered: Response[] = [];
  readonly abort = new AbortController();
  readonly running: Promise<void>;
  private readonly answer = new Map<number, (message: Response) => void>();
  private readonly settle = new Map<number, { resolve(): void; reject(error: unknown): void }>();
  private take: (message: Request) => void = () => undefined;
  private noMore: () => void = () => undefined;

  constructor() {
    const stream = {
      receive: (listener: (message: Request) => void) => {
        this.take = listener;
        return new Promise<void>((resolve) => {
          this.noMore = resolve;
        });
      },
      write: (message: Response) => this.answered.push(message) > 0,
    } as Partial<DuplexStream<Request, Response>> as DuplexStream<Request, Response>;
    const call = { abort: () => this.abort.abort() } as Partial<CallContext> as CallContext;
    const open = async (shard: number, onMessage: (message: Response) => void) => this.leg(shard, onMessage);
    this.running = splitOrders({ shardCount: SHARDS, call, stream, open });
    this.running.catch(() => undefined);
  }

  send(...commands: trading.OrderEntryCommand[]): Promise<void> {
    this.take({ cancelOnDisconnect: true, acksOnly: false, commands });
    return new Promise(setImmediate);
  }

  /** What each shard was sent, as request ids. */
  get sentIds(): [shard: number, ids: number[]][] {
    return this.sent.map(({ shard, message }) => [shard, message.commands.map(({ requestId }) => requestId)]);
  }

  says(shard: number, requestId: number, result: trading.OrderEntryAck['result']): void {
    this.answer.get(shard)?.({ acks: [{ requestId, result }], reports: [] });
  }

  ends(): void {
    this.noMore();
  }

  breaks(shard: number, error: unknown): void {
    this.settle.get(shard)?.reject(error);
  }

  private leg(shard: number, onMessage: (message: Response) => void): StreamLeg<Request> {
    this.answer.set(shard, onMessage);
    const ended = new Promise<void>((resolve, reject) => this.settle.set(shard, { resolve, reject }));
    return {
      send: (message) => void this.sent.push({ shard, message }),
      end: () => this.settle.get(shard)?.resolve(),
      ended,
    };
  }
}

const symbolOf = (shard: number): string =>
  ['AMZN', 'MSFT', 'GOOG', 'NVDA', 'BTC', 'TSLA'].find((symbol) => shardIndexOf(symbol, SHARDS) === shard)!;

function place(requestId: number, shard: number): trading.OrderEntryCommand {
  const value = { account: 'alice.main', clOrdId: `order-${requestId}`, symbol: symbolOf(shard) };
  return { requestId, command: { $case: 'place', value: value as trading.PlaceOrderRequest } };
}

function cancel(requestId: number, named: Partial<trading.CancelOrderRequest>): trading.OrderEntryCommand {
  const value = { orderId: '', account: '', clOrdId: '', ...named };
  return { requestId, command: { $case: 'cancel', value } };
}

const canceled = { $case: 'canceled', value: { outcome: 1, order: undefined } } as const;
const unknown = { $case: 'error', value: { ...UNKNOWN_ORDER, reason: undefined } } as const;

describe('order entry over two shards', () => {
  it('sends each command to the shard of its instrument, in order, and keeps what the first message asked for', async () => {
    const world = new SplitWorld();
    await world.send(place(1, 0), place(2, 1), place(3, 0));
    expect(world.sentIds).toEqual([
      [0, [1, 3]],
      [1, [2]],
    ]);
    expect(world.sent.every(({ message }) => message.cancelOnDisconnect && !message.acksOnly)).toBe(true);
  });

  it('finds an order by its id, or by the key under which this stream placed it', async () => {
    const world = new SplitWorld();
    await world.send(place(1, 1));
    await world.send(
      cancel(2, { orderId: 'trading/0:17' }),
      cancel(3, { account: 'alice.main', clOrdId: 'order-1' }),
    );
    expect(world.sentIds.slice(1).sort()).toEqual([
      [0, [2]],
      [1, [3]],
    ]);
  });

  it('asks every shard for an order that it has not placed, and answers once, with what the one that knows it says', async () => {
    const world = new SplitWorld();
    await world.send(cancel(1, { account: 'alice.main', clOrdId: 'earlier' }));
    expect(world.sentIds).toEqual([
      [0, [1]],
      [1, [1]],
    ]);
    world.says(1, 1, canceled);
    expect(world.answered).toEqual([]);
    world.says(0, 1, unknown);
    expect(world.answered).toEqual([{ acks: [{ requestId: 1, result: canceled }], reports: [] }]);
  });

  it('says that an order is unknown when no shard knows it', async () => {
    const world = new SplitWorld();
    await world.send(cancel(1, { account: 'alice.main', clOrdId: 'never' }));
    for (const shard of [0, 1]) world.says(shard, 1, unknown);
    expect(world.answered).toEqual([{ acks: [{ requestId: 1, result: unknown }], reports: [] }]);
  });

  it('ends when the client has ended and every shard is done', async () => {
    const world = new SplitWorld();
    await world.send(place(1, 0), place(2, 1));
    world.ends();
    await expect(world.running).resolves.toBeUndefined();
    expect(world.abort.signal.aborted).toBe(false);
  });

  it('ends as a whole when one shard breaks off, so that no part looks alive', async () => {
    const world = new SplitWorld();
    await world.send(place(1, 0), place(2, 1));
    world.breaks(1, new RpcError('DRAINING'));
    await expect(world.running).rejects.toMatchObject({ reason: 'DRAINING' });
    expect(world.abort.signal.aborted).toBe(true);
  });
});
