import { marketdata } from '@clearway/contracts';
import { type ChannelChoice, MarketDataHub, type PublicChange } from '@clearway/platform-market-data';
import fc from 'fast-check';
import { MarketDataFollower } from './market-data-follower';

const SYMBOL = 'AMZN';
const { CHANNEL_ORDERS, CHANNEL_DEPTH } = marketdata.Channel;

/** Random orders, cancels and fills as trading would tell them. */
class RandomMarket {
  private readonly open = new Map<number, { lots: number }>();
  private next = 1;

  constructor(private readonly random: (below: number) => number) {}

  change(): PublicChange {
    const victims = [...this.open.keys()];
    const victim = victims[this.random(Math.max(victims.length, 1))];
    if (victim === undefined || this.random(2) === 0) return this.added();
    const order = this.open.get(victim) as { lots: number };
    const leavesLots = this.random(order.lots);
    if (leavesLots === 0) this.open.delete(victim);
    else order.lots = leavesLots;
    const orderNumber = victim;
    if (leavesLots === 0) return { kind: 'removed', symbol: SYMBOL, orderNumber };
    return { kind: 'reduced', symbol: SYMBOL, orderNumber, leavesLots };
  }

  private added(): PublicChange {
    const orderNumber = this.next++;
    const quantityLots = 1 + this.random(20);
    this.open.set(orderNumber, { lots: quantityLots });
    const side = this.random(2) === 0 ? 'BUY' : 'SELL';
    const priceTicks = (side === 'BUY' ? 90 : 110) + this.random(15);
    return { kind: 'added', symbol: SYMBOL, orderNumber, side, priceTicks, quantityLots };
  }
}

function seeded(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

function hubOf(limits: object = {}): MarketDataHub {
  const fail = (_: string, error: Error): never => {
    throw error;
  };
  const readHistory = async () => ({ seconds: [], minutes: [], days: [], trades: [] });
  const options = { epoch: 7, readHistory, onBroken: fail, onUnread: fail };
  const hub = new MarketDataHub({ ...options, limits: { hashIntervalMicros: 0, ...limits } });
  hub.list({ symbol: SYMBOL, tickSize: '0.01', lotSize: '1' }, 'OPEN');
  return hub;
}

/** Publishes now what was gathered. */
function settle(hub: MarketDataHub, choices: readonly ChannelChoice[]): void {
  for (const choice of choices) hub.settledSequence({ symbol: SYMBOL, choice });
}

const CHOICES: readonly ChannelChoice[] = [{ kind: 'orders' }, { kind: 'depth', levels: 0 }];

describe('a follower', () => {
  it.each([0, 5, 10])('equals the server by hash after every message, L3 and L2 of %d levels', (levels) => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 7 }), (seed, changesAMessage) => {
        const hub = hubOf({ snapshotPartMax: 3 });
        const follower = new MarketDataFollower();
        const choices: ChannelChoice[] = [{ kind: 'orders' }, { kind: 'depth', levels }];
        const market = new RandomMarket(seeded(seed));
        const step = (at: number): void => hub.take([market.change()], at);
        for (let at = 1; at < 20; at++) step(at);
        const leave = hub.subscribe(
          {
            write: (bytes) => {
              expect(follower.follow(marketdata.SubscribeResponse.decode(bytes))).toBe('applied');
              return true;
            },
            drained: async () => undefined,
          },
          choices.map((choice) => ({ symbol: SYMBOL, choice })),
        );
        for (let at = 20; at < 120; at++) {
          step(at);
          if (at % changesAMessage === 0) settle(hub, choices);
        }
        settle(hub, choices);
        const { counts } = follower;
        expect(follower.book(SYMBOL).hash()).toBe(hub.view(SYMBOL)?.book.hash());
        expect(counts.hashesEqual).toBeGreaterThan(100 / changesAMessage);
        expect([counts.gaps, counts.hashesDiffered]).toEqual([0, 0]);
        leave();
        hub.stop();
      }),
      { numRuns: 25 },
    );
  });

  it('always notices a message that is lost, doubled or out of order', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('lost', 'doubled', 'swapped'),
        (seed, at, fault) => {
          const hub = hubOf();
          const messages: marketdata.SubscribeResponse[] = [];
          const write = (bytes: Uint8Array): boolean =>
            messages.push(marketdata.SubscribeResponse.decode(bytes)) > 0;
          const sink = { write, drained: async () => undefined };
          hub.subscribe(sink, [{ symbol: SYMBOL, choice: { kind: 'orders' } }]);
          const market = new RandomMarket(seeded(seed));
          for (let i = 1; i < 70; i++) {
            hub.take([market.change()], i);
            settle(hub, CHOICES);
          }
          hub.stop();
          if (fault === 'lost') messages.splice(at, 1);
          else if (fault === 'doubled') messages.splice(at, 0, messages[at] as marketdata.SubscribeResponse);
          else messages.splice(at, 2, ...messages.slice(at, at + 2).reverse());
          const follower = new MarketDataFollower();
          const followed = messages.map((message) => follower.follow(message));
          const firstWrong = followed.findIndex((one) => one !== 'applied');
          expect(firstWrong).toBe(fault === 'doubled' ? at + 1 : at);
          expect(follower.channelOf(SYMBOL, CHANNEL_ORDERS).isCurrent).toBe(false);
        },
      ),
    );
  });

  it('notices a book that differs though no message is missing', () => {
    const hub = hubOf();
    const follower = new MarketDataFollower();
    const seen: string[] = [];
    const write = (bytes: Uint8Array): boolean => {
      const message = marketdata.SubscribeResponse.decode(bytes);
      if (message.update?.$case === 'orders' && message.sequence === 2)
        for (const change of message.update.value.changes) change.quantityLots += 1;
      return seen.push(follower.follow(message)) > 0;
    };
    hub.subscribe({ write, drained: async () => undefined }, [
      { symbol: SYMBOL, choice: { kind: 'orders' } },
    ]);
    const order = { kind: 'added', symbol: SYMBOL, side: 'BUY', priceTicks: 100, quantityLots: 3 } as const;
    for (const orderNumber of [1, 2]) {
      hub.take([{ ...order, orderNumber }], orderNumber);
      settle(hub, CHOICES);
    }
    hub.stop();
    expect(seen).toEqual(['applied', 'applied', 'differs']);
    expect(follower.channelOf(SYMBOL, CHANNEL_ORDERS).isCurrent).toBe(false);
  });

  it('takes a new epoch with a snapshot only, and nothing of an older one', () => {
    const follower = new MarketDataFollower();
    const message = (epoch: number, sequence: number, snapshot: number) =>
      marketdata.SubscribeResponse.decode(
        marketdata.SubscribeResponse.encode({
          symbol: SYMBOL,
          channel: CHANNEL_DEPTH,
          epoch,
          sequence,
          atMicros: 1,
          snapshot,
          more: false,
          hash: '',
          units: undefined,
          update: { $case: 'depth', value: { bids: [], asks: [] } },
        }).finish(),
      );
    expect(follower.follow(message(5, 9, 0))).toBe('gap');
    expect(follower.follow(message(5, 9, 1))).toBe('applied');
    expect(follower.follow(message(5, 10, 0))).toBe('applied');
    expect(follower.follow(message(6, 11, 0))).toBe('gap');
    expect(follower.follow(message(6, 0, 1))).toBe('applied');
    expect(follower.follow(message(5, 11, 1))).toBe('gap');
  });
});
