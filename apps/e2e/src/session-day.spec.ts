import { common, marketdata, trading } from '@clearway/contracts';
import { RpcClient } from '@clearway/platform-rpc';
import { brokenInvariants, Child, type Cluster, type Peer, until, whenQuiet } from '@clearway/testing';
import { order, place, SIDE_BUY, SIDE_SELL, seen, startMarket } from './market';
import { EXCH, listingAhead, type PhaseAhead } from './session-listing';

jest.setTimeout(150_000);

const { TRADING_PHASE_OPENING_AUCTION, TRADING_PHASE_CONTINUOUS, TRADING_PHASE_REOPENING_AUCTION } =
  trading.TradingPhase;
const { TRADING_PHASE_CLOSING_AUCTION, TRADING_PHASE_CLOSED } = trading.TradingPhase;
const { TRADING_STATUS_HALTED, TRADING_STATUS_OPEN } = trading.TradingStatus;
const { ORD_TYPE_MARKET, ORD_TYPE_STOP_LIMIT, ORD_TYPE_TRAILING_STOP } = trading.OrdType;
const { TIME_IN_FORCE_GTC, TIME_IN_FORCE_IOC, TIME_IN_FORCE_GTD, TIME_IN_FORCE_AT_AUCTION } =
  trading.TimeInForce;

/** The day of the instrument, in seconds from its listing. */
const DAY: readonly PhaseAhead[] = [
  [0, TRADING_PHASE_OPENING_AUCTION],
  [6, TRADING_PHASE_CONTINUOUS],
  [22, TRADING_PHASE_CLOSING_AUCTION],
  [29, TRADING_PHASE_CLOSED],
];
const REOPENING_AUCTION_MS = 2_000;

type Over = Partial<trading.PlaceOrderRequest>;

describe('a day of sessions with real processes', () => {
  let cluster: Cluster;
  const peers = new Map<string, Peer>();
  const requests = new Map<string, trading.PlaceOrderRequest>();

  beforeAll(async () => {
    cluster = await startMarket({ participants: ['alice', 'bob'] });
    for (const name of ['alice', 'bob']) peers.set(name, cluster.as(name));
  });

  afterAll(async () => cluster?.close());

  /** Places an order that the test knows by a name: "buy 4@102.00", or "sell 2" for one at market; `why` it is refused. */
  async function enter(name: string, owner: string, text: string, over: Over = {}, why = ''): Promise<void> {
    const [side, terms = ''] = text.split(' ');
    const [orderQty = '', price = ''] = terms.split('@');
    const atMarket = price === '' && over.ordType === undefined ? { ordType: ORD_TYPE_MARKET } : {};
    const request = order(owner, {
      symbol: EXCH,
      side: side === 'buy' ? SIDE_BUY : SIDE_SELL,
      orderQty,
      price,
      timeInForce: TIME_IN_FORCE_GTC,
      ...atMarket,
      ...over,
    });
    requests.set(name, request);
    const { reasons } = await place(peers.get(owner) as Peer, request);
    expect(`${name} ${reasons.join(' ')}`).toBe(`${name} ${why}`);
  }

  /** "STATUS filled/left@average price" and the reasons of an order. */
  async function tells(name: string): Promise<string> {
    const { account, clOrdId } = requests.get(name) as trading.PlaceOrderRequest;
    const found = await cluster.operator.trading.call('getOrderStatus', { orderId: '', account, clOrdId });
    const { status, cum, leaves, reasons } = seen(found.order);
    return [`${status} ${cum}/${leaves}@${Number(found.order?.avgPx)}`, ...reasons].join(' ');
  }

  async function stopPriceOf(name: string): Promise<string | undefined> {
    const { account, clOrdId } = requests.get(name) as trading.PlaceOrderRequest;
    const found = await cluster.operator.trading.call('getOrderStatus', { orderId: '', account, clOrdId });
    return found.order?.stopPrice;
  }

  async function phaseIs(phase: trading.TradingPhase): Promise<void> {
    const isThere = async () => {
      const { instruments } = await cluster.operator.trading.call('listInstruments', {});
      return instruments.find(({ symbol }) => symbol === EXCH)?.session?.phase === phase;
    };
    await until(`phase ${trading.TradingPhase[phase]}`, isThere, { timeoutMs: 30_000 });
  }

  async function hash(): Promise<common.GetStateHashResponse> {
    const channel = cluster.operator.channels.trading;
    return new RpcClient(channel, common.StateServiceService).call('getStateHash', {});
  }

  /** What trading's own program makes of the journal in a process of its own, without snapshots. */
  async function rebuilt(untilEvent: number): Promise<Record<string, unknown>> {
    const { plan } = cluster.process('trading');
    const child = new Child({ ...plan, args: [...plan.args, 'rebuild', `${untilEvent}`] });
    child.start();
    expect(await child.exited).toMatchObject({ code: 0 });
    return JSON.parse(child.lines.findLast((line) => line.startsWith('{"shards"')) ?? '{}');
  }

  async function opening(): Promise<void> {
    const instrument = listingAhead(DAY);
    await cluster.operator.tradingAdmin.call('listInstrument', { instrument });
    await enter('open buy', 'alice', 'buy 4@102.00');
    await enter('open at market', 'alice', 'buy 2', { timeInForce: TIME_IN_FORCE_AT_AUCTION });
    await enter('open sell', 'bob', 'sell 6@99.00');
    await phaseIs(TRADING_PHASE_CONTINUOUS);
    expect(await tells('open at market')).toBe('FILLED 2/0@100');
    expect(await tells('open sell')).toBe('FILLED 6/0@100');
  }

  async function continuous(): Promise<void> {
    const soon = { timeInForce: TIME_IN_FORCE_GTD, expireAtMicros: (Date.now() + 2_000) * 1_000 };
    await enter('soon', 'alice', 'buy 5@96.00', soon);
    await enter('day', 'alice', 'buy 8@96.50', { timeInForce: trading.TimeInForce.TIME_IN_FORCE_DAY });
    await enter('iceberg', 'bob', 'sell 30@101.00', { displayQty: '5' });
    const trailing = { ordType: ORD_TYPE_TRAILING_STOP, trailingOffset: '3.00' };
    await enter('trailing', 'alice', 'sell 2', trailing);
    expect(await stopPriceOf('trailing')).toBe('97.00');
    await enter('eater', 'alice', 'buy 12@101.00', { timeInForce: TIME_IN_FORCE_IOC });
    expect(await tells('eater')).toBe('FILLED 12/0@101');
    expect(await stopPriceOf('trailing')).toBe('98.00');
    const stop = { ordType: ORD_TYPE_STOP_LIMIT, stopPrice: '100.00' };
    await enter('stop', 'alice', 'sell 3@99.00', stop);
    await enter('bid', 'bob', 'buy 5@100.00');
    await enter('spark', 'alice', 'sell 1@100.00', { timeInForce: TIME_IN_FORCE_IOC });
    await until('the stop to trade', async () => (await tells('stop')) === 'FILLED 3/0@100');
    await until('the expiry', async () => (await tells('soon')) === 'EXPIRED 0/0@0 GTD_EXPIRED');
  }

  async function haltAndReopen(): Promise<void> {
    const { tradingAdmin } = cluster.operator;
    const halt = { symbol: EXCH, tradingStatus: TRADING_STATUS_HALTED };
    await tradingAdmin.call('setTradingStatus', halt);
    await enter('halted', 'alice', 'buy 1@100.00', {}, 'INSTRUMENT_HALTED');
    const resume = { symbol: EXCH, tradingStatus: TRADING_STATUS_OPEN };
    await tradingAdmin.call('setTradingStatus', { ...resume, reopeningAuctionMs: REOPENING_AUCTION_MS });
    await phaseIs(TRADING_PHASE_REOPENING_AUCTION);
    await enter('reopen buy', 'alice', 'buy 3@100.50');
    await enter('reopen sell', 'bob', 'sell 3@100.00');
    await phaseIs(TRADING_PHASE_CONTINUOUS);
    expect(await tells('reopen buy')).toBe('FILLED 3/0@100.01');
  }

  async function closing(): Promise<void> {
    await phaseIs(TRADING_PHASE_CLOSING_AUCTION);
    const soon = { timeInForce: TIME_IN_FORCE_GTD, expireAtMicros: (Date.now() + 1_500) * 1_000 };
    await enter('gone before', 'bob', 'sell 7@96.00', soon);
    const atAuction = { timeInForce: TIME_IN_FORCE_AT_AUCTION };
    const atOnce = { timeInForce: TIME_IN_FORCE_IOC };
    await enter('late', 'alice', 'buy 1@101.00', atOnce, 'TIME_IN_FORCE_NOT_IN_PHASE');
    await enter('close buy', 'alice', 'buy 10@101.00');
    await enter('close at market', 'bob', 'sell 4', atAuction);
    await enter('close left', 'bob', 'sell 2@104.00', atAuction);
    await phaseIs(TRADING_PHASE_CLOSED);
    const book = await cluster.operator.marketData.call('getBook', { symbol: EXCH, depth: 1 });
    expect(book.phase).toBe(marketdata.MarketPhase.MARKET_PHASE_CLOSED);
  }

  async function wholeDay(): Promise<void> {
    await opening();
    await continuous();
    await haltAndReopen();
    await closing();
    expect(await tells('gone before')).toBe('EXPIRED 0/0@0 GTD_EXPIRED');
    expect(await tells('close buy')).toBe('FILLED 10/0@101');
    expect(await tells('close at market')).toBe('FILLED 4/0@101');
    expect(await tells('close left')).toBe('CANCELED 0/0@0 AUCTION_REMAINDER');
    expect(await tells('iceberg')).toBe('PARTIALLY_FILLED 18/12@101');
    expect(await tells('trailing')).toBe('NEW 0/2@0');
    await until('the day to end', async () => (await tells('day')) === 'EXPIRED 0/0@0 DAY_ENDED');
    await enter('closed', 'alice', 'buy 1@100.00', {}, 'INSTRUMENT_CLOSED');
  }

  it('opens, halts, reopens and closes by the calendar, and another process rebuilds the same bytes', async () => {
    await wholeDay();
    await whenQuiet(cluster.operator);
    expect(await brokenInvariants(cluster)).toEqual([]);
    const live = await hash();
    const { nextEvent = 0 } = live.position ?? {};
    expect(nextEvent).toBeGreaterThan(100);
    const report = await rebuilt(nextEvent);
    expect(report.shards).toEqual([{ shard: 'trading/0', nextEvent, stateHash: live.stateHash }]);
    for (const { tables } of report.readModels as { tables: { missing: number; surplus: number }[] }[])
      for (const table of tables) expect(table).toMatchObject({ missing: 0, surplus: 0 });
    await cluster.kill('trading');
    await cluster.start('trading');
    expect(await hash()).toMatchObject({ stateHash: live.stateHash });
  });
});
