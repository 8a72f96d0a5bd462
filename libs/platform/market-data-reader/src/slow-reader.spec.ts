import { marketdata } from '@clearway/contracts';
import { type ChannelChoice, MarketDataHub, type MessageSink } from '@clearway/platform-market-data';
import fc from 'fast-check';
import { MarketDataFollower } from './market-data-follower';

const SYMBOL = 'AMZN';
const KEPT = 8;
const BUFFER_MESSAGES = 4;

/** A stream that holds a few messages and says so, until its reader reads; what it was given is followed as it is read. */
class SlowStream implements MessageSink {
  readonly follower = new MarketDataFollower();
  readonly faults: string[] = [];
  private readonly buffer: Uint8Array[] = [];
  private onDrained: (() => void) | undefined;
  bufferedMax = 0;

  write(message: Uint8Array): boolean {
    this.buffer.push(message);
    this.bufferedMax = Math.max(this.bufferedMax, this.buffer.length);
    return this.buffer.length < BUFFER_MESSAGES;
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.onDrained = resolve;
    });
  }

  /** Reads all that is buffered, and lets the server know. */
  async read(): Promise<void> {
    for (const bytes of this.buffer.splice(0)) {
      const followed = this.follower.follow(marketdata.SubscribeResponse.decode(bytes));
      if (followed !== 'applied') this.faults.push(followed);
    }
    this.onDrained?.();
    this.onDrained = undefined;
    await Promise.resolve();
    await Promise.resolve();
  }

  async readAll(): Promise<void> {
    while (this.buffer.length > 0) await this.read();
  }
}

class Scene {
  readonly hub: MarketDataHub;
  private orderNumber = 0;

  constructor(limits: object = {}) {
    const fail = (_: string, error: Error): never => {
      throw error;
    };
    const readHistory = async () => ({ seconds: [], minutes: [], days: [], trades: [] });
    const kept = { keptMessagesMax: KEPT, keptDepthMessagesMax: 2, snapshotAgeMessagesMax: 3 };
    this.hub = new MarketDataHub({
      epoch: 1,
      readHistory,
      onBroken: fail,
      onUnread: fail,
      limits: { ...kept, hashIntervalMicros: 0, ...limits },
    });
    this.hub.list({ symbol: SYMBOL, tickSize: '0.01', lotSize: '1' }, 'OPEN');
  }

  /** One order and one trade, published at once. */
  message(choices: readonly ChannelChoice[]): void {
    this.orderNumber += 1;
    const { orderNumber } = this;
    const side = orderNumber % 2 === 0 ? 'BUY' : 'SELL';
    const priceTicks = side === 'BUY' ? 100 - (orderNumber % 7) : 101 + (orderNumber % 7);
    this.hub.take(
      [
        { kind: 'added', symbol: SYMBOL, orderNumber, side, priceTicks, quantityLots: 5 },
        { kind: 'traded', symbol: SYMBOL, tradeNumber: orderNumber, side, priceTicks, quantityLots: 1 },
      ],
      orderNumber * 1_000,
    );
    for (const choice of choices) this.hub.settledSequence({ symbol: SYMBOL, choice });
  }

  follow(stream: SlowStream, choices: readonly ChannelChoice[]): void {
    this.hub.subscribe(
      stream,
      choices.map((choice) => ({ symbol: SYMBOL, choice })),
    );
  }
}

const ALL: readonly ChannelChoice[] = [
  { kind: 'quotes' },
  { kind: 'depth', levels: 5 },
  { kind: 'orders' },
  { kind: 'trades' },
  { kind: 'candles', interval: '1m' },
];

describe('a reader that is behind', () => {
  it.each([
    ['orders, a little', { kind: 'orders' }, KEPT, 0],
    ['orders, by more than is kept', { kind: 'orders' }, KEPT + 10, 1],
    ['trades, a little', { kind: 'trades' }, KEPT, 0],
    ['trades, by more than is kept', { kind: 'trades' }, KEPT + 10, 1],
    ['depth, by more than is kept', { kind: 'depth', levels: 5 }, KEPT, 1],
    ['quotes', { kind: 'quotes' }, KEPT, 1],
  ] as const)('%s', async (_, choice, missed, behinds) => {
    const scene = new Scene();
    const stream = new SlowStream();
    scene.follow(stream, [choice]);
    // The snapshot and these fill the stream; what comes then is missed.
    for (let i = 1; i < BUFFER_MESSAGES; i++) scene.message([choice]);
    for (let i = 0; i < missed; i++) scene.message([choice]);
    await stream.readAll();
    scene.hub.stop();
    const { counts } = stream.follower;
    expect(stream.faults).toEqual([]);
    expect(counts.behinds).toBe(behinds);
    expect(counts.missed).toBe(behinds * missed);
    const channel = {
      orders: marketdata.Channel.CHANNEL_ORDERS,
      trades: marketdata.Channel.CHANNEL_TRADES,
      depth: marketdata.Channel.CHANNEL_DEPTH,
      quotes: marketdata.Channel.CHANNEL_QUOTES,
    }[choice.kind];
    const { sequence, isCurrent } = stream.follower.channelOf(SYMBOL, channel);
    expect([sequence, isCurrent]).toEqual([BUFFER_MESSAGES - 1 + missed, true]);
  });

  it('begins a large snapshot anew when it was replaced while in its midst, and ends equal', async () => {
    const scene = new Scene({ snapshotPartMax: 2 });
    const choices: ChannelChoice[] = [{ kind: 'orders' }];
    for (let i = 0; i < 40; i++) scene.message(choices);
    const [slow, fast] = [new SlowStream(), new SlowStream()];
    scene.follow(slow, choices);
    scene.follow(fast, choices);
    for (let i = 0; i < 5; i++) {
      await slow.read();
      for (let j = 0; j < KEPT + 2; j++) scene.message(choices);
      await fast.readAll();
    }
    await slow.readAll();
    scene.hub.stop();
    const server = scene.hub.view(SYMBOL)?.book.hash();
    for (const { follower, faults } of [slow, fast]) {
      expect(faults).toEqual([]);
      expect(follower.book(SYMBOL).hash()).toBe(server);
    }
    expect(slow.follower.counts.snapshots).toBeGreaterThan(1);
  });

  it('whenever it reads ends equal by hash, without a gap, and with no more buffered than the stream takes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(20), { minLength: 1, maxLength: 15 }),
        fc.nat(1),
        async (pauses, small) => {
          const scene = new Scene(small ? { snapshotPartMax: 2 } : {});
          const streams = [new SlowStream(), new SlowStream(), new SlowStream()];
          for (const stream of streams) scene.follow(stream, ALL);
          const slow = streams[0] as SlowStream;
          for (const messages of pauses) {
            for (let i = 0; i < messages; i++) scene.message(ALL);
            await slow.read();
            for (const stream of streams.slice(2)) await stream.readAll();
          }
          for (const stream of streams) await stream.readAll();
          scene.hub.stop();
          const book = scene.hub.view(SYMBOL)?.book;
          for (const { follower, faults, bufferedMax } of streams) {
            expect(faults).toEqual([]);
            expect(follower.book(SYMBOL).hash()).toBe(book?.hash());
            expect(follower.depth(SYMBOL).levels('BUY')).toEqual(book?.depth('BUY', 5));
            expect(bufferedMax).toBeLessThanOrEqual(BUFFER_MESSAGES);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
