import { inPrecedence, reason } from '@clearway/kernel';
import type { Reserve } from '../actions';
import { INHERITED_LIMITS, ORDERS_PER_MINUTE_UNLIMITED } from '../limits';
import { orderOf, RiskRun, rowsOf, wordOf } from '../testing/risk-run';
import { ORDER_RULES } from './order-rules';

/**
 * One row an order, in a world of its own: alice has 100,000 cents and 50 AMZN; bob is blacklisted, carol frozen, dave unknown.
 * The market is at 100 cents; AMZN allows 500 an order, 60,000 cents an order, a position of 600. TINY's fills average 2.
 */
const ORDERS = `
  account    | side | symbol | lots | price | fee | reasons
  -----------|------|--------|------|-------|-----|-----------------------------------------------------------
  alice.main | buy  | AMZN   |   10 |   100 |   0 | ok
  alice.main | sell | AMZN   |   50 |   100 |   0 | ok
  alice.main | sell | AMZN   |   51 |   100 |   0 | INSUFFICIENT_POSITION
  alice.main | buy  | AMZN   |  500 |   100 |   0 | ok
  alice.main | buy  | AMZN   |  501 |   100 |   0 | ORDER_SIZE
  alice.main | buy  | AMZN   |  551 |   100 |   0 | POSITION_LIMIT ORDER_SIZE
  alice.main | buy  | AMZN   |  601 |   100 |   0 | POSITION_LIMIT ORDER_SIZE ORDER_NOTIONAL
  alice.main | buy  | AMZN   | 1001 |   100 |   0 | INSUFFICIENT_FUNDS POSITION_LIMIT ORDER_SIZE ORDER_NOTIONAL
  alice.main | buy  | CHEAP  | 1000 |   100 |   0 | ok
  alice.main | buy  | CHEAP  | 1000 |   100 |   1 | INSUFFICIENT_FUNDS
  alice.main | buy  | AMZN   |   10 |   105 |   0 | ok
  alice.main | buy  | AMZN   |   10 |   106 |   0 | PRICE_DEVIATION
  alice.main | buy  | AMZN   |   10 |    95 |   0 | ok
  alice.main | sell | AMZN   |   10 |    94 |   0 | PRICE_DEVIATION
  alice.main | buy  | AMZN   |   10 |     0 |   0 | ok
  alice.main | buy  | TINY   |  100 |   100 |   0 | ok
  alice.main | buy  | TINY   |  101 |   100 |   0 | FAT_FINGER
  bob.main   | buy  | AMZN   |   10 |   100 |   0 | BLACKLISTED
  bob.other  | buy  | AMZN   |   10 |   100 |   0 | UNKNOWN_ACCOUNT BLACKLISTED INSUFFICIENT_FUNDS
  carol.main | sell | AMZN   |   10 |   100 |   0 | ACCOUNT_FROZEN INSUFFICIENT_POSITION
  dave.main  | buy  | AMZN   |   10 |   120 |   0 | UNKNOWN_ACCOUNT INSUFFICIENT_FUNDS PRICE_DEVIATION
`;

function world(): RiskRun {
  const run = new RiskRun();
  run.credit('alice.main', 'USD', 100_000n);
  run.credit('alice.main', 'AMZN', 50n);
  for (const account of ['bob.main', 'carol.main', 'erin.main']) run.credit(account, 'USD', 100_000n);
  run.decide({ kind: 'SetBlacklist', participant: 'bob', blacklisted: true, note: 'sanctions' });
  run.act({ kind: 'SetAccountFrozen', account: 'carol.main', frozen: true, version: 1 });
  const limits = { orderQtyMaxMinor: 500n, orderNotionalMaxMinor: 60_000n, positionMaxMinor: 600n };
  const scope = { account: '', symbol: 'AMZN' };
  run.decide({ kind: 'SetLimits', scope, limits: { ...INHERITED_LIMITS, ...limits } });
  for (let orderNumber = 1; orderNumber <= 20; orderNumber++) fillTiny(run, orderNumber);
  return run;
}

function fillTiny(run: RiskRun, orderNumber: number): void {
  const order = { orderNumber, account: 'erin.main', symbol: 'TINY', baseAsset: 'TINY', quantityLots: 2 };
  run.act(orderOf(order));
  run.act({ kind: 'ApplyFill', orderNumber, tradeNumber: 1, quantityLots: 2, priceTicks: 100, feeMinor: 0n });
}

describe('order rules', () => {
  it.each(rowsOf(ORDERS))(
    '%s %s %s %s at %s, fee %s: %s',
    (account, side, symbol, lots, price, fee, reasons) => {
      const order: Partial<Reserve> = {
        orderNumber: 1000,
        account: account as string,
        side: side as Reserve['side'],
        symbol: symbol as string,
        baseAsset: symbol as string,
        quantityLots: Number(lots),
        priceTicks: Number(price),
        feeBps: Number(fee),
      };
      expect(wordOf(world().act(orderOf(order)))).toBe(reasons);
    },
  );

  it('says the figures in words and in metadata', () => {
    const answer = world().act(orderOf({ orderNumber: 1000, quantityLots: 600, priceTicks: 200 }));
    expect(answer.status === 'refused' && answer.reasons[0]).toEqual({
      code: 'INSUFFICIENT_FUNDS',
      message: 'The order needs 120000 minor units of USD in the worst case, 100000 are available.',
      metadata: { asset: 'USD', need_minor: '120000', available_minor: '100000' },
    });
  });

  it('lists the rules in the order of precedence of the catalogue', () => {
    const codes = ORDER_RULES.map((rule) => rule.code);
    expect(inPrecedence(codes.map((code) => reason(code))).map(({ code }) => code)).toEqual(codes);
  });
});

describe('order rate', () => {
  const limitTo = (run: RiskRun, ordersPerMinuteMax: number): void => {
    const scope = { account: '', symbol: '' };
    run.decide({ kind: 'SetLimits', scope, limits: { ...INHERITED_LIMITS, ordersPerMinuteMax } });
  };

  /** Seconds at which an order arrives when two are allowed in 60 seconds. "poor" orders are refused for want of funds. */
  const ARRIVALS = `
    second | order | reasons
    -------|-------|-------------------
         0 | good  | ok
        10 | poor  | INSUFFICIENT_FUNDS
        20 | good  | ORDER_RATE
        59 | poor  | INSUFFICIENT_FUNDS ORDER_RATE
        60 | good  | ok
        69 | good  | ORDER_RATE
        70 | good  | ok
       119 | good  | ORDER_RATE
       130 | good  | ok
  `;

  it('counts accepted orders and orders refused by other rules, but not those it refused itself', () => {
    const run = new RiskRun();
    run.credit('alice.main', 'USD', 10_000n);
    limitTo(run, 2);
    const start = run.nowMicros;
    const seen = rowsOf(ARRIVALS).map(([second, order], index) => {
      run.nowMicros = start + Number(second) * 1_000_000;
      const quantityLots = order === 'poor' ? 1_000 : 1;
      return [second, order, wordOf(run.act(orderOf({ orderNumber: index + 1, quantityLots })))];
    });
    expect(seen).toEqual(rowsOf(ARRIVALS));
  });

  it('counts nothing, and keeps nothing, for an account with an unlimited rate', () => {
    const run = new RiskRun();
    run.credit('alice.main', 'USD', 1_000_000n);
    limitTo(run, ORDERS_PER_MINUTE_UNLIMITED);
    for (let order = 1; order <= 101; order++) {
      expect(wordOf(run.act(orderOf({ orderNumber: order, quantityLots: 1 })))).toBe('ok');
    }
    expect(run.state.orderRates.size).toBe(0);
  });

  it('allows 100 by default, counts each symbol alone, and says when the next order passes', () => {
    const run = new RiskRun();
    run.credit('alice.main', 'USD', 1_000_000n);
    const place = (orderNumber: number, symbol = 'AMZN') =>
      run.act(orderOf({ orderNumber, symbol, quantityLots: 1 }));
    for (let order = 1; order <= 100; order++) expect(wordOf(place(order))).toBe('ok');
    run.nowMicros += 1_000_000;
    const refused = place(101);
    expect(refused.status === 'refused' && refused.reasons[0]?.metadata.retry_at_micros).toBe('1060000000');
    expect(wordOf(place(102, 'MSFT'))).toBe('ok');
  });

  it('keeps no window that has no order in the last 60 seconds', () => {
    const run = new RiskRun();
    run.credit('alice.main', 'USD', 1_000_000n);
    for (let order = 1; order <= 50; order++) run.act(orderOf({ orderNumber: order, symbol: `S${order}` }));
    expect(run.state.orderRates.size).toBe(50);
    run.nowMicros += 60_000_000;
    run.act(orderOf({ orderNumber: 51 }));
    expect(run.state.orderRates.size).toBe(1);
  });
});
