import { trading } from '@clearway/contracts';
import { brokenInvariants, type Cluster, type Peer, until, whenQuiet } from '@clearway/testing';
import { order, place, SIDE_BUY, SIDE_SELL, startMarket } from './market';
import { listingAhead, EXCH as SYMBOL } from './session-listing';

jest.setTimeout(90_000);

const {
  TRADING_PHASE_OPENING_AUCTION,
  TRADING_PHASE_CONTINUOUS,
  TRADING_PHASE_REOPENING_AUCTION,
  TRADING_PHASE_CLOSED,
} = trading.TradingPhase;
const AUCTION_SECONDS = 8;

describe('a session with real processes', () => {
  let cluster: Cluster;
  let alice: Peer;
  let bob: Peer;

  beforeAll(async () => {
    cluster = await startMarket({ participants: ['alice', 'bob'] });
    alice = cluster.as('alice');
    bob = cluster.as('bob');
  });

  afterAll(async () => cluster?.close());

  async function instrument(): Promise<trading.Instrument> {
    const { instruments } = await cluster.operator.trading.call('listInstruments', {});
    return instruments.find(({ symbol }) => symbol === SYMBOL) as trading.Instrument;
  }

  async function phaseIs(phase: trading.TradingPhase): Promise<void> {
    await until('the phase', async () => (await instrument()).session?.phase === phase, {
      timeoutMs: 20_000,
    });
  }

  async function statusOf({ account, clOrdId }: trading.PlaceOrderRequest): Promise<string> {
    const found = await cluster.operator.trading.call('getOrderStatus', { orderId: '', account, clOrdId });
    return `${trading.OrdStatus[found.order?.ordStatus ?? 0]} ${found.order?.cumQty} ${found.order?.avgPx}`;
  }

  it('opens at the stated price after a crash in the auction, and reopens after a halt', async () => {
    const listing = listingAhead([
      [0, TRADING_PHASE_OPENING_AUCTION],
      [AUCTION_SECONDS, TRADING_PHASE_CONTINUOUS],
      [3_600, TRADING_PHASE_CLOSED],
    ]);
    await cluster.operator.tradingAdmin.call('listInstrument', { instrument: listing });
    const buy = order('alice', { symbol: SYMBOL, side: SIDE_BUY, price: '102.00' });
    const sell = order('bob', { symbol: SYMBOL, side: SIDE_SELL, price: '99.00', orderQty: '4' });
    expect((await place(alice, buy)).status).toBe('NEW');
    expect((await place(bob, sell)).status).toBe('NEW');
    expect((await instrument()).session?.indicative).toMatchObject({ price: '100.00', quantity: '4' });
    await cluster.kill('trading');
    await cluster.start('trading');
    await phaseIs(TRADING_PHASE_CONTINUOUS);
    expect((await instrument()).session?.auctionPrice).toBe('100.00');
    expect(await statusOf(sell)).toContain('FILLED 4 100');
    const { tradingAdmin } = cluster.operator;
    const { TRADING_STATUS_HALTED, TRADING_STATUS_OPEN } = trading.TradingStatus;
    await tradingAdmin.call('setTradingStatus', { symbol: SYMBOL, tradingStatus: TRADING_STATUS_HALTED });
    const refused = await place(alice, order('alice', { symbol: SYMBOL }));
    expect(refused).toMatchObject({ status: 'REJECTED', reasons: ['INSTRUMENT_HALTED'] });
    const resume = { symbol: SYMBOL, tradingStatus: TRADING_STATUS_OPEN, reopeningAuctionMs: 2_000 };
    await tradingAdmin.call('setTradingStatus', resume);
    await phaseIs(TRADING_PHASE_REOPENING_AUCTION);
    const rest = order('bob', { symbol: SYMBOL, side: SIDE_SELL, price: '101.00', orderQty: '6' });
    expect((await place(bob, rest)).status).toBe('NEW');
    await phaseIs(TRADING_PHASE_CONTINUOUS);
    expect(await statusOf(buy)).toContain('FILLED 10');
    await whenQuiet(cluster.operator);
    expect(await brokenInvariants(cluster)).toEqual([]);
  });
});
