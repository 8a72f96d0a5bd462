import { marketdata } from '@clearway/contracts';
import { MarketDataReader } from '@clearway/platform-market-data-reader';
import { type Cluster, order, type Peer, until } from '@clearway/testing';
import { startMarket } from './market';
import { listingAhead } from './session-listing';

jest.setTimeout(120_000);

const { CHANNEL_ORDERS } = marketdata.Channel;
/** Instruments enough for both shards to have one. */
const SYMBOLS = ['AA', 'BB', 'CC', 'DD', 'EE', 'FF'];

describe('one subscription over the shards of two processes', () => {
  let cluster: Cluster;
  let alice: Peer;
  let reader: MarketDataReader | undefined;

  beforeAll(async () => {
    cluster = await startMarket({
      participants: ['alice'],
      standbys: ['trading'],
      settingsOf: (service) => (service === 'trading' ? { CLEARWAY_SHARDS: '2' } : {}),
    });
    alice = cluster.as('alice');
  });

  afterAll(async () => {
    await reader?.stop();
    await cluster?.close();
  });

  /** Places an order that rests, and answers the shard that its number names. */
  async function bid(symbol: string): Promise<string> {
    const request = order('alice', { symbol, orderQty: '1' });
    const { order: placed } = await alice.trading.call('placeOrder', request);
    return placed?.orderId.split(':')[0] ?? '';
  }

  async function symbolByShard(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const symbol of SYMBOLS) {
      const { rules: _rules, ...instrument } = { ...listingAhead([]), symbol };
      await cluster.operator.tradingAdmin.call('listInstrument', { instrument });
      found.set(await bid(symbol), symbol);
    }
    return found;
  }

  async function standsAtServer(symbol: string): Promise<void> {
    await until(`the book of ${symbol}`, async () => {
      const server = await cluster.operator.marketData.call('getBook', { symbol, depth: 1 });
      const follower = reader?.follower;
      const channel = follower?.channelOf(symbol, CHANNEL_ORDERS);
      return (
        channel?.isCurrent &&
        channel.epoch === server.epoch &&
        channel.sequence === server.sequence &&
        follower?.book(symbol).hash() === server.hash
      );
    });
  }

  it('gets both, and when a shard moves is told its new epoch and follows it from a snapshot', async () => {
    const symbols = await symbolByShard();
    expect([...symbols.keys()].sort()).toEqual(['trading/0', 'trading/1']);
    const followed = [...symbols.values()];
    const request = { symbols: followed, channels: [CHANNEL_ORDERS], depth: 0, candleInterval: 0 };
    reader = new MarketDataReader({ client: alice.marketData, request });
    const { follower } = reader;
    for (const symbol of followed) await standsAtServer(symbol);
    const before = followed.map((symbol) => follower.channelOf(symbol, CHANNEL_ORDERS).epoch);
    const snapshots = follower.counts.snapshots;
    await cluster.kill('trading');
    for (const symbol of followed) {
      await until(`an order for ${symbol}`, () => bid(symbol), { timeoutMs: 30_000, intervalMs: 250 });
      await standsAtServer(symbol);
    }
    const after = followed.map((symbol) => follower.channelOf(symbol, CHANNEL_ORDERS).epoch);
    const moved = after.filter((epoch, at) => epoch > (before[at] ?? 0));
    expect(moved.length).toBeGreaterThanOrEqual(1);
    expect(follower.counts.snapshots).toBeGreaterThan(snapshots);
    expect(follower.counts.hashesDiffered).toBe(0);
  });
});
