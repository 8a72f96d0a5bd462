import { common, type trading } from '@clearway/contracts';
import { brokenInvariants, type Cluster, type Peer, until, whenQuiet } from '@clearway/testing';
import {
  accountOf,
  balancesOf,
  fundsOf,
  lookUp,
  ORD_TYPE_MARKET,
  order,
  place,
  SIDE_SELL,
  SYMBOL,
  seen,
  startMarket,
  TIME_IN_FORCE_FOK,
  TRADING_STATUS_HALTED,
  TRADING_STATUS_OPEN,
} from './market';
import { OrderWatch } from './order-watch';

/** Trading gives risk this long before it undoes an order. */
const STEP_DEADLINE_MS = 5_000;
const SETTLED_TIMEOUT_MS = 15_000;
const TEST_TIMEOUT_MS = 40_000;
jest.setTimeout(TEST_TIMEOUT_MS);
const HELD_BY_BUY_OF_10_AT_100 = 1_000.2;

describe('compensation at every step, with real processes', () => {
  let cluster: Cluster;
  let operator: Peer;
  let alice: Peer;
  let bob: Peer;

  beforeAll(async () => {
    cluster = await startMarket({
      participants: ['alice', 'bob', 'mallory'],
      proxied: ['trading>risk', 'trading>clearing'],
    });
    operator = cluster.operator;
    alice = cluster.as('alice');
    bob = cluster.as('bob');
  });

  afterEach(async () => {
    if (cluster === undefined) return;
    await whenQuiet(operator, SETTLED_TIMEOUT_MS);
    expect(await brokenInvariants(cluster)).toEqual([]);
  }, TEST_TIMEOUT_MS);

  afterAll(async () => cluster?.close());

  const heldBy = async (participant: string): Promise<Record<string, number>> => {
    const funds = await fundsOf(operator, participant);
    return Object.fromEntries(Object.entries(funds).map(([asset, { held }]) => [asset, Number(held)]));
  };

  const untilNothingHeldBy = (participant: string): Promise<unknown> =>
    until(`nothing to be held of ${participant}`, async () =>
      Object.values(await heldBy(participant)).every((held) => held === 0),
    );

  describe('risk refuses', () => {
    it('answers REJECTED with every reason, and holds nothing', async () => {
      await operator.riskAdmin.call('setBlacklist', {
        participant: 'mallory',
        blacklisted: true,
        note: 'test',
      });
      const mallory = cluster.as('mallory');
      expect(await place(mallory, order('mallory', { orderQty: '20000', price: '120.00' }))).toEqual({
        status: 'REJECTED',
        cum: '0',
        leaves: '0',
        reasons: ['BLACKLISTED', 'INSUFFICIENT_FUNDS', 'PRICE_DEVIATION'],
      });
      expect(await heldBy('mallory')).toEqual({ USD: 0, [SYMBOL]: 0 });
    });

    it('tells a seller without the shares so', async () => {
      const { status, reasons } = await place(alice, order('alice', { side: SIDE_SELL, orderQty: '10001' }));
      expect({ status, reasons }).toEqual({ status: 'REJECTED', reasons: ['INSUFFICIENT_POSITION'] });
      expect(await heldBy('alice')).toEqual({ USD: 0, [SYMBOL]: 0 });
    });
  });

  describe('risk is unreachable until the deadline', () => {
    const placeUntilDeadline = async (): Promise<void> => {
      const startedMs = performance.now();
      const { status, reasons } = await place(alice, order('alice'));
      expect({ status, reasons }).toEqual({ status: 'REJECTED', reasons: ['STEP_DEADLINE'] });
      expect(performance.now() - startedMs).toBeGreaterThan(STEP_DEADLINE_MS - 100);
    };

    it('rejects with STEP_DEADLINE when risk is dead, and holds nothing when it is back', async () => {
      await cluster.kill('risk');
      await placeUntilDeadline();
      await cluster.start('risk');
      await whenQuiet(operator);
      expect(await heldBy('alice')).toEqual({ USD: 0, [SYMBOL]: 0 });
    });

    it('releases a hold that was placed without trading hearing of it', async () => {
      cluster.link('trading>risk').hold('answers');
      const placed = placeUntilDeadline();
      await until('risk to hold', async () => (await heldBy('alice')).USD === HELD_BY_BUY_OF_10_AT_100);
      await placed;
      await untilNothingHeldBy('alice');
      cluster.link('trading>risk').heal();
    });

    it('leaves no hold when the request arrives after the deadline', async () => {
      cluster.link('trading>risk').hold('requests');
      await placeUntilDeadline();
      expect(await heldBy('alice')).toEqual({ USD: 0, [SYMBOL]: 0 });
      expect(cluster.link('trading>risk').heldBytes).toBeGreaterThan(0);
      cluster.link('trading>risk').heal();
      await whenQuiet(operator);
      expect(await heldBy('alice')).toEqual({ USD: 0, [SYMBOL]: 0 });
    });
  });

  describe('the book refuses', () => {
    it('releases the hold when the instrument is halted', async () => {
      await setTradingStatus(TRADING_STATUS_HALTED);
      const { status, reasons } = await place(alice, order('alice'));
      await setTradingStatus(TRADING_STATUS_OPEN);
      expect({ status, reasons }).toEqual({ status: 'REJECTED', reasons: ['INSTRUMENT_HALTED'] });
      await untilNothingHeldBy('alice');
    });

    it.each([
      ['FOK_UNFILLABLE', { timeInForce: TIME_IN_FORCE_FOK }],
      ['NO_LIQUIDITY', { ordType: ORD_TYPE_MARKET, price: '' }],
    ])('releases the hold after %s', async (reason, differing) => {
      const { status, reasons } = await place(alice, order('alice', differing));
      expect({ status, reasons }).toEqual({ status: 'REJECTED', reasons: [reason] });
      await untilNothingHeldBy('alice');
    });

    it('releases the hold of a post-only order that would trade', async () => {
      const sell = order('bob', { side: SIDE_SELL });
      await place(bob, sell);
      const { status, reasons } = await place(alice, order('alice', { postOnly: true }));
      expect({ status, reasons }).toEqual({ status: 'REJECTED', reasons: ['POST_ONLY_WOULD_TRADE'] });
      await untilNothingHeldBy('alice');
      await cancel(bob, sell);
    });

    const setTradingStatus = async (tradingStatus: trading.TradingStatus): Promise<void> => {
      await operator.tradingAdmin.call('setTradingStatus', { symbol: SYMBOL, tradingStatus });
    };
  });

  describe('clearing refuses', () => {
    it.each([
      ['seller', SIDE_SELL, 'bob'],
      ['buyer', common.Side.SIDE_BUY, 'bob'],
    ])(
      'busts the trade of a frozen %s: legs reversed, holds restored, both told TRADE_CANCEL',
      async (_, side) => {
        const before = { alice: await balancesOf(operator, 'alice'), bob: await balancesOf(operator, 'bob') };
        const { legsReversed } = await operator.clearingAdmin.call('listLedgerBalances', {});
        const resting = order('bob', { side, price: '101.00' });
        await place(bob, resting);
        const sentinel = order('alice', { price: '97.00', orderQty: '1' });
        await place(alice, sentinel);
        const watches = { alice: new OrderWatch(alice, 'alice'), bob: new OrderWatch(bob, 'bob') };
        await watches.alice.report('ORDER_STATUS', sentinel.clOrdId);
        await watches.bob.report('ORDER_STATUS', resting.clOrdId);

        await operator.clearingAdmin.call('freezeAccount', { account: accountOf('bob'), note: 'test' });
        const taking = order('alice', { side: opposite(side), price: '101.00' });
        expect(await place(alice, taking)).toMatchObject({ status: 'FILLED', cum: '10' });

        const canceled = { execType: 'TRADE_CANCEL', lastQty: '10', lastPx: '101.00' };
        expect(await watches.alice.report('TRADE_CANCEL', taking.clOrdId)).toMatchObject(canceled);
        expect(await watches.bob.report('TRADE_CANCEL', resting.clOrdId)).toMatchObject(canceled);
        await whenQuiet(operator);
        for (const [peer, request] of [[alice, taking] as const, [bob, resting] as const]) {
          const busted = await lookUp(peer, request);
          expect(seen(busted)).toMatchObject({ cum: '0', leaves: '0' });
          expect(seen(busted).reasons).toEqual(expect.arrayContaining(['TRADE_BUSTED', 'ACCOUNT_FROZEN']));
          expect(Number(busted.unsettledQty)).toBe(0);
        }
        const after = await operator.clearingAdmin.call('listLedgerBalances', {});
        expect(after.legsReversed).toBe(legsReversed + 1);
        expect(await balancesOf(operator, 'alice')).toEqual(before.alice);
        expect(await balancesOf(operator, 'bob')).toEqual(before.bob);
        await cancel(alice, sentinel);
        await untilNothingHeldBy('alice');
        await untilNothingHeldBy('bob');
        for (const watch of Object.values(watches)) watch.close();
        await operator.clearingAdmin.call('unfreezeAccount', { account: accountOf('bob'), note: 'test' });
      },
    );
  });

  describe('clearing is unreachable after the pivot', () => {
    it('answers FILLED, keeps trying, raises an alert, and settles when clearing is back', async () => {
      const before = await balancesOf(operator, 'alice');
      await cluster.kill('clearing');
      const from = cluster.process('trading').lines.length;
      await place(bob, order('bob', { side: SIDE_SELL }));
      const buy = order('alice');
      expect(await place(alice, buy)).toMatchObject({ status: 'FILLED', cum: '10' });
      const alert = await cluster.process('trading').line(/"alert":true/, { from });
      expect(JSON.parse(alert)).toMatchObject({ level: 'warn', participant: 'clearing', alert: true });
      expect((await lookUp(alice, buy)).unsettledQty).toBe('10');

      await cluster.start('clearing');
      await whenQuiet(operator);
      expect((await lookUp(alice, buy)).unsettledQty).toBe('0');
      const after = await balancesOf(operator, 'alice');
      expect(Number(after[SYMBOL]) - Number(before[SYMBOL])).toBe(10);
      expect(Number(before.USD) - Number(after.USD)).toBeCloseTo(HELD_BY_BUY_OF_10_AT_100, 2);
      await cluster.process('trading').line(/participant is back/, { from });
    });
  });

  describe('audit is down', () => {
    it('lets orders go on, and audit catches up without a gap', async () => {
      await cluster.kill('audit');
      await place(bob, order('bob', { side: SIDE_SELL, orderQty: '50' }));
      for (let made = 0; made < 5; made += 1)
        expect(await place(alice, order('alice'))).toMatchObject({ status: 'FILLED' });
      await cluster.start('audit');
      expect(await brokenInvariants(cluster)).toEqual([]);
    });
  });
});

function opposite(side: common.Side): common.Side {
  return side === SIDE_SELL ? common.Side.SIDE_BUY : SIDE_SELL;
}

async function cancel(peer: Peer, { account, clOrdId }: { account: string; clOrdId: string }): Promise<void> {
  await peer.trading.call('cancelOrder', { orderId: '', account, clOrdId });
}
