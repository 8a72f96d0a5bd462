import fc from 'fast-check';
import type { PlaceOrder } from './commands';
import { needPriceTicks } from './order';
import { currentViewOf } from './reports';
import { orderOf } from './state';
import { expectSound } from './testing/expect-sound';
import { HoldModel } from './testing/hold-model';
import { TradingDesk } from './testing/trading-desk';
import { STOPS_A_TURN_MAX } from './trigger-stops';

function deskWithHolds(): { desk: TradingDesk; holds: HoldModel } {
  const desk = new TradingDesk();
  const holds = new HoldModel();
  desk.participant = holds.participant;
  return { desk, holds };
}

function expectHeld(desk: TradingDesk, holds: HoldModel): void {
  expect(desk.state.sagas.liveCount).toBe(0);
  const priceOf = (number: number) => {
    const order = desk.state.orders.get(number);
    return order ? needPriceTicks(order) : 0;
  };
  expect(holds.differences(desk.state, priceOf)).toEqual([]);
  expectSound(desk);
}

let traded = 0;

/** bob and carol trade one lot at a price, and nothing is left of it. */
function tradeAt(desk: TradingDesk, price: string): void {
  traded += 1;
  desk.place({ account: 'bob.main', clOrdId: `t${traded}`, side: 'SELL', quantity: '1', price });
  desk.place({ account: 'carol.main', clOrdId: `t${traded}`, quantity: '1', price });
}

const stop = (over: Partial<PlaceOrder> & { clOrdId: string }): PlaceOrder =>
  ({ ordType: 'STOP_LOSS', timeInForce: 'GTC', price: '', stopPrice: '101.00', ...over }) as PlaceOrder;

describe('a stop order', () => {
  /** dan sells 5 at 101.50 and 5 at 107.00; the market is at 100.00 and then trades at 101.00. */
  const ROWS: [name: string, order: Partial<PlaceOrder>, held: string, shows: string][] = [
    ['stop loss, within its collar', {}, '10@10605', 'CANCELED 0/5/5/0'],
    ['stop limit', { ordType: 'STOP_LIMIT', price: '101.50' }, '10@10150', 'PARTIALLY_FILLED 5/5/0/0'],
    ['stop limit below the market', { ordType: 'STOP_LIMIT', price: '101.00' }, '10@10100', 'NEW 10/0/0/0'],
    ['stop above', { stopPrice: '101.01' }, '10@10606', 'NEW 10/0/0/0'],
    [
      'trailing buy',
      { ordType: 'TRAILING_STOP', stopPrice: '', trailingOffset: '1.00' },
      '10@10605',
      'CANCELED 0/5/5/0',
    ],
  ];
  it.each(ROWS)('%s', (_name, over, held, shows) => {
    const { desk, holds } = deskWithHolds();
    desk.place({ account: 'dan.main', clOrdId: 'near', side: 'SELL', quantity: '5', price: '101.50' });
    desk.place({ account: 'dan.main', clOrdId: 'far', side: 'SELL', quantity: '5', price: '107.00' });
    desk.place(stop({ clOrdId: 'k', ...over }));
    expect(desk.shows('k')).toBe('NEW 10/0/0/0');
    expect(holds.of(3)).toBe(held);
    tradeAt(desk, '100.00');
    expect(desk.shows('k')).toBe('NEW 10/0/0/0');
    tradeAt(desk, '101.00');
    expect(desk.shows('k')).toBe(shows);
    expectHeld(desk, holds);
  });

  it('that trails follows the best price and never goes back, and trades as far from it as from the first', () => {
    const { desk, holds } = deskWithHolds();
    desk.place({
      clOrdId: 'k',
      side: 'SELL',
      ordType: 'TRAILING_STOP',
      timeInForce: 'DAY',
      trailingOffset: '2.00',
      price: '',
    });
    const seenStop = () => currentViewOf(desk.state, orderOf(desk.state, 1)).stop?.stopPriceTicks;
    const seen = [seenStop()];
    for (const price of ['104.00', '103.00', '102.01']) {
      tradeAt(desk, price);
      seen.push(seenStop());
    }
    expect(seen).toEqual([9_800, 10_200, 10_200, 10_200]);
    expect(desk.shows('k')).toBe('NEW 10/0/0/0');
    desk.place({ account: 'dan.main', clOrdId: 'b', quantity: '10', price: '97.10' });
    desk.place({ account: 'dan.main', clOrdId: 'c', quantity: '10', price: '97.09' });
    tradeAt(desk, '102.00');
    expect(desk.state.orders.get(1)?.stop).toMatchObject({ stopPriceTicks: 10200, limitTicks: 9710 });
    expect(desk.shows('k')).toBe('FILLED 0/10/0/0');
    expect(desk.shows('c', 'dan.main')).toBe('NEW 10/0/0/0');
    expectHeld(desk, holds);
  });

  it('whose price has come already goes to the book at once', () => {
    const { desk, holds } = deskWithHolds();
    desk.place({ account: 'dan.main', clOrdId: 's', side: 'SELL', price: '100.00' });
    desk.place(stop({ clOrdId: 'k', stopPrice: '100.00' }));
    expect(desk.shows('k')).toBe('FILLED 0/10/0/0');
    expect(desk.placed.at(-1)?.fills).toHaveLength(1);
    expectHeld(desk, holds);
  });

  it('tells TRIGGERED when it comes to the book', () => {
    const { desk } = deskWithHolds();
    desk.place(stop({ clOrdId: 'k', ordType: 'STOP_LIMIT', price: '101.00' }));
    desk.reports.length = 0;
    tradeAt(desk, '101.00');
    const told = desk.reports.filter(({ order }) => order.terms.account === 'alice.main');
    expect(told.map(({ execType }) => execType)).toEqual(['TRIGGERED']);
  });

  const ENDS: [name: string, act: (desk: TradingDesk) => void, status: string, code: string][] = [
    ['a cancel', (desk) => desk.cancel('alice.main', 'k'), 'CANCELED', 'CANCELED_BY_OWNER'],
    ['a kill switch', (desk) => engage(desk), 'CANCELED', 'KILL_SWITCH'],
    ['the end of its day', (desk) => nextDay(desk), 'EXPIRED', 'DAY_ENDED'],
    ['a mass cancel', (desk) => massCancel(desk), 'CANCELED', 'MASS_CANCELED'],
  ];
  const engage = (desk: TradingDesk) =>
    desk.do({ kind: 'EngageKillSwitch', scope: 'account/alice.main', operator: 'o', note: '' });
  const massCancel = (desk: TradingDesk) =>
    desk.do({ kind: 'MassCancel', scope: { participant: 'alice' }, belowOrderNumber: 0 });
  const nextDay = (desk: TradingDesk) => {
    desk.nowMicros += 86_400_000_000;
    desk.do({ kind: 'ExpireOrders' });
  };
  it.each(ENDS)('that waits is ended by %s', (_name, act, status, code) => {
    const { desk, holds } = deskWithHolds();
    desk.place(stop({ clOrdId: 'k', timeInForce: 'DAY' }));
    act(desk);
    expect(desk.shows('k')).toBe(`${status} 0/0/10/0`);
    expect(desk.state.orders.get(1)?.reasons[0]?.code).toBe(code);
    tradeAt(desk, '101.00');
    expectHeld(desk, holds);
  });

  it('that was filled when it came to the book does not expire with its day', () => {
    const { desk, holds } = deskWithHolds();
    desk.place({ account: 'dan.main', clOrdId: 's', side: 'SELL', price: '101.50' });
    desk.place(stop({ clOrdId: 'k', timeInForce: 'DAY' }));
    tradeAt(desk, '101.00');
    nextDay(desk);
    expect(desk.shows('k')).toBe('FILLED 0/10/0/0');
    expectHeld(desk, holds);
  });

  it('waits through a halt', () => {
    const { desk, holds } = deskWithHolds();
    desk.place({ account: 'dan.main', clOrdId: 's', side: 'SELL', price: '101.00' });
    desk.place(stop({ clOrdId: 'k' }));
    desk.do({ kind: 'SetTradingStatus', symbol: 'AMZN', status: 'HALTED' });
    desk.do({ kind: 'SetTradingStatus', symbol: 'AMZN', status: 'OPEN' });
    expect(desk.shows('k')).toBe('NEW 10/0/0/0');
    tradeAt(desk, '101.00');
    expect(desk.shows('k')).toBe('FILLED 0/10/0/0');
    expectHeld(desk, holds);
  });

  it('releases others in a cascade, a limited number a turn, and none is forgotten', () => {
    const { desk, holds } = deskWithHolds();
    const orders = STOPS_A_TURN_MAX + 50;
    for (let n = 0; n < orders; n++) {
      const tick = 10_001 + n;
      const price = (tick / 100).toFixed(2);
      desk.place({ account: 'dan.main', clOrdId: `s${n}`, side: 'SELL', quantity: '1', price });
      if (n > 0)
        desk.place(stop({ clOrdId: `k${n}`, quantity: '1', stopPrice: ((tick - 1) / 100).toFixed(2) }));
    }
    desk.place({ account: 'carol.main', clOrdId: 'start', quantity: '1', price: '100.01' });
    for (let turn = 0; desk.state.elected.length > 0 && turn < 10; turn++) desk.do({ kind: 'TriggerStops' });
    const filled = [...desk.state.orders.values()].filter(({ status }) => status === 'FILLED').length;
    expect(filled).toBe(2 * orders);
    expectHeld(desk, holds);
  });

  /** Waits for 101.00 with 10 lots and a limit of 101.50; then is replaced. */
  const REPLACES: [change: object, shows: string, held: string][] = [
    [{ quantity: '4' }, 'NEW 4/0/0/0', '4@10150'],
    [{ quantity: '14' }, 'NEW 14/0/0/0', '14@10150'],
    [{ price: '101.20' }, 'NEW 10/0/0/0', '10@10120'],
    [{ stopPrice: '102.00', price: '102.50' }, 'NEW 10/0/0/0', '10@10250'],
    [{ stopPrice: '100.00' }, 'NEW 10/0/0/0', '10@10150'],
  ];
  it.each(REPLACES)('is replaced by %j while it waits', (change, shows, held) => {
    const { desk, holds } = deskWithHolds();
    desk.place(stop({ clOrdId: 'k', ordType: 'STOP_LIMIT', price: '101.50' }));
    desk.replace({ of: 'k', clOrdId: 'l', ...change });
    expect(desk.replaced.at(-1)?.outcome ?? 'replaced').toBe('replaced');
    expect(desk.shows('l')).toBe(shows);
    expect(holds.of(1)).toBe(held);
    expectHeld(desk, holds);
  });

  const BAD: [field: string, order: Partial<PlaceOrder>][] = [
    ['stop_price', { stopPrice: '' }],
    ['stop_price', { stopPrice: '0' }],
    ['stop_price', { ordType: 'LIMIT', price: '100.00' }],
    ['trailing_offset', { ordType: 'TRAILING_STOP', stopPrice: '' }],
    ['trailing_offset', { trailingOffset: '1.00' }],
    ['price', { price: '100.00' }],
    ['price', { ordType: 'STOP_LIMIT' }],
    ['time_in_force', { timeInForce: 'IOC' }],
    ['expire_at_micros', { timeInForce: 'GTD' }],
    ['expire_at_micros', { timeInForce: 'GTD', expireAtMicros: 1 }],
    ['expire_at_micros', { expireAtMicros: 2 ** 52 }],
    ['display_qty', { displayQuantity: '2' }],
    ['post_only', { postOnly: true }],
  ];
  it.each(BAD)('names the field %s in %j', (field, order) => {
    const desk = new TradingDesk();
    expect(desk.place(stop({ clOrdId: 'k', ...order }))).toMatchObject({
      kind: 'fields-invalid',
      problems: [{ field }],
    });
  });
});

describe('GTD', () => {
  it('ends at its own time, and a repeated key finds it even then', () => {
    const { desk, holds } = deskWithHolds();
    const order = { clOrdId: 'k', timeInForce: 'GTD', expireAtMicros: desk.nowMicros + 5_000_000 } as const;
    desk.place(order);
    desk.nowMicros += 4_999_999;
    desk.do({ kind: 'ExpireOrders' });
    expect(desk.shows('k')).toBe('NEW 10/0/0/0');
    desk.nowMicros += 1;
    desk.do({ kind: 'ExpireOrders' });
    expect(desk.shows('k')).toBe('EXPIRED 0/0/10/0');
    expect(desk.state.orders.get(1)?.reasons[0]?.code).toBe('GTD_EXPIRED');
    expect(desk.place(order)).toMatchObject({ kind: 'duplicate' });
    expectHeld(desk, holds);
  });
});

describe('an iceberg', () => {
  it('shows a part at a time, goes behind with each, and is traded through', () => {
    const { desk, holds } = deskWithHolds();
    desk.place({ clOrdId: 'ice', side: 'SELL', quantity: '10', displayQuantity: '3' });
    desk.place({ account: 'bob.main', clOrdId: 's', side: 'SELL', quantity: '2' });
    const { book } = desk.state.markets.get('AMZN') ?? {};
    expect(book?.best('SELL')).toMatchObject({ quantityLots: 5, orderCount: 2 });
    desk.place({ account: 'carol.main', clOrdId: 'b', quantity: '7' });
    expect(desk.shows('ice')).toBe('PARTIALLY_FILLED 5/5/0/0');
    expect(desk.shows('s', 'bob.main')).toBe('FILLED 0/2/0/0');
    expect(book?.best('SELL')).toMatchObject({ quantityLots: 1, orderCount: 1 });
    desk.replace({ of: 'ice', clOrdId: 'ice2', quantity: '7', displayQuantity: '2' });
    expect(desk.shows('ice2')).toBe('PARTIALLY_FILLED 2/5/0/0');
    desk.cancel('alice.main', 'ice2');
    expectHeld(desk, holds);
  });
});

describe('MassCancel', () => {
  const ORDERS = [
    ['alice.main', 'BUY'],
    ['alice.alt', 'BUY'],
    ['alice.main', 'SELL'],
    ['bob.main', 'BUY'],
  ] as const;
  const SCOPES: [scope: object, left: string][] = [
    [{}, ''],
    [{ participant: 'alice' }, '4'],
    [{ account: 'alice.main' }, '2 4'],
    [{ participant: 'alice', side: 'BUY' }, '3 4'],
    [{ symbol: 'AMZN', side: 'SELL' }, '1 2 4'],
    [{ participant: 'carol' }, '1 2 3 4'],
  ];
  it.each(SCOPES)('of %j', (scope, left) => {
    const { desk, holds } = deskWithHolds();
    ORDERS.forEach(([account, side], at) => {
      desk.place({ account, clOrdId: `o${at}`, side, price: side === 'BUY' ? '99.00' : '101.00' });
    });
    const open = () => [...desk.state.orders.values()].filter(({ leavesLots }) => leavesLots > 0);
    const outcome = desk.do({ kind: 'MassCancel', scope, belowOrderNumber: 0 });
    expect(
      open()
        .map(({ number }) => number)
        .join(' '),
    ).toBe(left);
    expect(outcome).toMatchObject({ openOrders: 0, canceledOrders: ORDERS.length - open().length });
    expect(desk.do({ kind: 'MassCancel', scope, belowOrderNumber: 0 })).toMatchObject({ canceledOrders: 0 });
    expectHeld(desk, holds);
  });

  it('catches an order that waits for risk, and leaves those that come later', () => {
    const { desk, holds } = deskWithHolds();
    desk.participant = () => undefined;
    desk.place({ clOrdId: 'pending' });
    const first = desk.do({ kind: 'MassCancel', scope: {}, belowOrderNumber: 0 });
    expect(first).toMatchObject({ canceledOrders: 1, openOrders: 1, belowOrderNumber: 2 });
    desk.participant = holds.participant;
    desk.answerPending();
    desk.place({ clOrdId: 'later' });
    expect(desk.do({ kind: 'MassCancel', scope: {}, belowOrderNumber: 2 })).toMatchObject({ openOrders: 0 });
    expect(desk.shows('pending')).toBe('CANCELED 0/0/10/0');
    expect(desk.shows('later')).toBe('NEW 10/0/0/0');
    expectHeld(desk, holds);
  });

  it('refuses a symbol that is not listed', () => {
    const { desk } = deskWithHolds();
    const outcome = desk.do({ kind: 'MassCancel', scope: { symbol: 'X' }, belowOrderNumber: 0 });
    expect(outcome).toMatchObject({ kind: 'refused', reason: { code: 'UNKNOWN_SYMBOL' } });
  });
});

describe('any sequence with stops, icebergs and replacements', () => {
  it('keeps holds equal to needs, and every invariant', () => {
    const action = fc.record({
      kind: fc.constantFrom(
        'place',
        'place',
        'place',
        'stop',
        'stop',
        'replace',
        'cancel',
        'mass',
        'answer',
        'day',
      ),
      of: fc.nat(20),
      account: fc.constantFrom('alice.main', 'alice.alt', 'bob.main'),
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      ordType: fc.constantFrom('STOP_LOSS' as const, 'STOP_LIMIT' as const, 'TRAILING_STOP' as const),
      timeInForce: fc.constantFrom('DAY' as const, 'GTC' as const),
      selfTrade: fc.constantFrom('CANCEL_NEWEST' as const, 'CANCEL_OLDEST' as const, 'DECREMENT' as const),
      price: fc.integer({ min: 97, max: 103 }),
      quantity: fc.integer({ min: 1, max: 20 }),
      isDelayed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 50 }), (actions) => {
        const { desk, holds } = deskWithHolds();
        actions.forEach(({ kind, of, account, side, ordType, timeInForce, selfTrade, ...rest }, at) => {
          const { price, quantity, isDelayed } = rest;
          desk.participant = (request, call) => (isDelayed ? undefined : holds.participant(request, call));
          const text = `${price}.00`;
          const base = { account, clOrdId: `o${at}`, side, quantity: `${quantity}`, timeInForce, selfTrade };
          if (kind === 'place')
            desk.place({ ...base, price: text, displayQuantity: of % 3 === 0 ? '1' : '' });
          if (kind === 'stop')
            desk.place({
              ...base,
              ordType,
              price: ordType === 'STOP_LIMIT' ? text : '',
              stopPrice: ordType === 'TRAILING_STOP' ? '' : `${200 - price}.00`,
              trailingOffset: ordType === 'TRAILING_STOP' ? '1.00' : '',
            });
          if (kind === 'replace')
            desk.replace({
              account,
              of: `o${of}`,
              clOrdId: `o${at}`,
              quantity: `${quantity}`,
              price: of % 2 === 0 ? text : '',
              stopPrice: of % 3 === 0 ? text : '',
            });
          if (kind === 'cancel') desk.cancel(account, `o${of}`);
          if (kind === 'mass') desk.do({ kind: 'MassCancel', scope: { account, side }, belowOrderNumber: 0 });
          if (kind === 'answer') desk.answerPending();
          if (kind === 'day') {
            desk.nowMicros += 7 * 3_600_000_000;
            desk.do({ kind: 'ExpireOrders' });
          }
          expectSound(desk);
        });
        desk.participant = holds.participant;
        for (let round = 0; desk.pending.length > 0 && round < 50; round++) desk.answerPending();
        expectHeld(desk, holds);
      }),
      { numRuns: 150 },
    );
  });
});
