import { expectSound } from './testing/expect-sound';
import { TradingDesk } from './testing/trading-desk';

/** A sell of 10 at 100.00 rests; then the order of the row comes in. */
const ENTRY: [name: string, order: object, taker: string, maker: string][] = [
  ['limit that crosses whole', { quantity: '10' }, 'FILLED 0/10/0/0', 'FILLED 0/10/0/0'],
  [
    'limit that crosses in part rests with the rest',
    { quantity: '15' },
    'PARTIALLY_FILLED 5/10/0/0',
    'FILLED 0/10/0/0',
  ],
  ['limit below rests whole', { price: '99.99' }, 'NEW 10/0/0/0', 'NEW 10/0/0/0'],
  ['IOC never rests', { quantity: '15', timeInForce: 'IOC' }, 'CANCELED 0/10/5/0', 'FILLED 0/10/0/0'],
  [
    'IOC below the market is canceled whole',
    { price: '99.99', timeInForce: 'IOC' },
    'CANCELED 0/0/10/0',
    'NEW 10/0/0/0',
  ],
  [
    'FOK that can not be filled trades nothing',
    { quantity: '11', timeInForce: 'FOK' },
    'REJECTED 0/0/11/0',
    'NEW 10/0/0/0',
  ],
  ['FOK that can be filled is', { quantity: '10', timeInForce: 'FOK' }, 'FILLED 0/10/0/0', 'FILLED 0/10/0/0'],
  ['post-only that would trade is rejected', { postOnly: true }, 'REJECTED 0/0/10/0', 'NEW 10/0/0/0'],
  ['post-only that would not rests', { postOnly: true, price: '99.00' }, 'NEW 10/0/0/0', 'NEW 10/0/0/0'],
  [
    'market trades within its collar',
    { ordType: 'MARKET', quantity: '4' },
    'FILLED 0/4/0/0',
    'PARTIALLY_FILLED 6/4/0/0',
  ],
  [
    'market that finds too little is canceled for the rest',
    { ordType: 'MARKET', quantity: '14' },
    'CANCELED 0/10/4/0',
    'FILLED 0/10/0/0',
  ],
  [
    'market sell that finds nobody is rejected',
    { ordType: 'MARKET', side: 'SELL' },
    'REJECTED 0/0/10/0',
    'NEW 10/0/0/0',
  ],
];

describe('order entry', () => {
  it.each(ENTRY)('%s', (_name, order, taker, maker) => {
    const desk = new TradingDesk();
    desk.place({ account: 'bob.main', clOrdId: 'm', side: 'SELL' });
    desk.place({ clOrdId: 't', ...order });
    expect(desk.shows('t')).toBe(taker);
    expect(desk.shows('m', 'bob.main')).toBe(maker);
    expect(desk.state.sagas.liveCount).toBe(0);
    expectSound(desk);
  });

  it('reports NEW, then each trade to both sides, and answers with the fills', () => {
    const desk = new TradingDesk();
    desk.place({ account: 'bob.main', clOrdId: 'm1', side: 'SELL', quantity: '4', price: '99.00' });
    desk.place({ account: 'bob.main', clOrdId: 'm2', side: 'SELL', quantity: '4', price: '99.50' });
    desk.reports.length = 0;
    desk.place({ clOrdId: 't', quantity: '6' });
    const told = desk.reports.map(
      ({ execType, order, trade }) =>
        `${execType} ${order.terms.clOrdId} ${trade?.quantityLots ?? ''}@${trade?.priceTicks ?? ''}`,
    );
    expect(told).toEqual([
      'PENDING_NEW t @',
      'NEW t @',
      'TRADE m1 4@9900',
      'TRADE t 4@9900',
      'TRADE m2 2@9950',
      'TRADE t 2@9950',
    ]);
    expect(desk.placed.at(-1)?.fills.map((fill) => fill.trade?.feeMinor)).toEqual([7n, 3n]);
  });

  const BAD: [field: string, order: object][] = [
    ['order_qty', { quantity: '0' }],
    ['order_qty', { quantity: '-1' }],
    ['order_qty', { quantity: '1.5' }],
    ['order_qty', { quantity: '1e3' }],
    ['order_qty', { quantity: '99999999999999' }],
    ['price', { price: '100.001' }],
    ['price', { price: 'NaN' }],
    ['price', { price: '' }],
    ['price', { ordType: 'MARKET', price: '100.00' }],
    ['time_in_force', { ordType: 'MARKET', timeInForce: 'GTC' }],
    ['post_only', { postOnly: true, timeInForce: 'IOC' }],
    ['cl_ord_id', { clOrdId: 'a b' }],
    ['account', { account: 'alice' }],
  ];
  it.each(BAD)('names the field %s in %j and journals nothing', (field, order) => {
    const desk = new TradingDesk();
    const before = desk.events.length;
    const outcome = desk.place({ clOrdId: 'x', ...order });
    expect(outcome).toMatchObject({ kind: 'fields-invalid', problems: [{ field }] });
    expect(desk.events).toHaveLength(before);
  });
});

describe('idempotency', () => {
  it('gives the first order again for the same key and body, in whatever notation', () => {
    const desk = new TradingDesk();
    expect(desk.place({ clOrdId: 'k' })).toEqual({ kind: 'accepted', orderNumber: 1 });
    expect(desk.place({ clOrdId: 'k', price: '100.0' })).toMatchObject({
      kind: 'duplicate',
      orderNumber: 1,
      answered: true,
    });
    expect(desk.place({ clOrdId: 'k', quantity: '11' })).toMatchObject({
      kind: 'refused',
      reason: { code: 'CL_ORD_ID_REUSED' },
    });
    expect(desk.place({ clOrdId: 'k', account: 'bob.main' })).toMatchObject({ kind: 'accepted' });
  });

  it('says that the first answer is still to come while risk is silent', () => {
    const desk = new TradingDesk();
    desk.participant = () => undefined;
    desk.place({ clOrdId: 'k' });
    expect(desk.place({ clOrdId: 'k' })).toMatchObject({ kind: 'duplicate', answered: false });
  });
});
