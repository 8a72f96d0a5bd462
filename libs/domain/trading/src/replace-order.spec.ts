import { reason } from '@clearway/kernel';
import fc from 'fast-check';
import { REPLACES_KEPT_MAX } from './evolve-replace';
import { PLACE_ORDER_DEADLINE_MS } from './sagas';
import { expectSound } from './testing/expect-sound';
import { HoldModel } from './testing/hold-model';
import { refused, TradingDesk } from './testing/trading-desk';
import { tradingMachine } from './trading-machine';

function deskWithHolds(): { desk: TradingDesk; holds: HoldModel } {
  const desk = new TradingDesk();
  const holds = new HoldModel();
  desk.participant = holds.participant;
  return { desk, holds };
}

function expectHeld(desk: TradingDesk, holds: HoldModel): void {
  expect(desk.state.sagas.liveCount).toBe(0);
  const priceOf = (number: number) => desk.state.orders.get(number)?.terms.priceTicks ?? 0;
  expect(holds.differences(desk.state, priceOf)).toEqual([]);
  expectSound(desk);
}

/** alice buys 10 at 100.00, of which 4 are filled first in the second half; bob's 5 at 100.02 stand against it. */
const ROWS: [filled: number, quantity: string, price: string, shows: string, held: string, asked: string][] =
  [
    [0, '6', '', 'NEW 6/0/0/0', '6@10000', 'ReleaseLots'],
    [0, '12', '', 'NEW 12/0/0/0', '12@10000', 'RaiseHold'],
    [0, '', '100.01', 'NEW 10/0/0/0', '10@10001', 'RaiseHold'],
    [0, '', '99.00', 'NEW 10/0/0/0', '10@9900', 'RaiseHold LowerHold'],
    [0, '4', '99.00', 'NEW 4/0/0/0', '4@9900', 'RaiseHold ReleaseLots LowerHold'],
    [0, '12', '100.02', 'PARTIALLY_FILLED 7/5/0/0', '7@10002', 'RaiseHold'],
    [0, '5', '100.02', 'FILLED 0/5/0/0', 'nothing', 'RaiseHold ReleaseLots'],
    [0, '', '', 'NEW 10/0/0/0', '10@10000', ''],
    [4, '9', '', 'PARTIALLY_FILLED 5/4/0/0', '5@10000', 'ReleaseLots'],
    [4, '4', '', 'FILLED 0/4/0/0', 'nothing', 'ReleaseLots'],
    [4, '1', '', 'FILLED 0/4/0/0', 'nothing', 'ReleaseLots'],
    [4, '14', '99.00', 'PARTIALLY_FILLED 10/4/0/0', '10@9900', 'RaiseHold LowerHold'],
  ];

describe('ReplaceOrder', () => {
  it.each(ROWS)('%s filled, to %j at %j', (filled, quantity, price, shows, held, asked) => {
    const { desk, holds } = deskWithHolds();
    desk.place({ account: 'bob.main', clOrdId: 's', side: 'SELL', quantity: '5', price: '100.02' });
    desk.place({ clOrdId: 'a' });
    if (filled > 0) desk.place({ account: 'bob.main', clOrdId: 'f', side: 'SELL', quantity: `${filled}` });
    desk.asked.length = 0;
    desk.replace({ of: 'a', clOrdId: 'b', quantity, price });
    const settling = ['SettleLeg', 'ApplyFill'];
    expect(desk.asked.filter((kind) => !settling.includes(kind)).join(' ')).toBe(asked);
    expect(desk.shows('b')).toBe(shows);
    expect(holds.of(2)).toBe(held);
    expectHeld(desk, holds);
  });

  it.each([
    ['a new price', '99.99', undefined],
    ['a refusal of risk', '99.99', [reason('INSUFFICIENT_FUNDS')]],
    ['the price of before', '100.02', undefined],
  ])('lowers its hold even if the lowering before comes late, after %s', (_name, price, refusal) => {
    const { desk, holds } = deskWithHolds();
    desk.place({ clOrdId: 'a', price: '100.02' });
    desk.participant = (request, call) =>
      request.kind === 'LowerHold' ? undefined : holds.participant(request, call);
    desk.replace({ of: 'a', clOrdId: 'b', quantity: '12', price: '99.98' });
    holds.refusal = refusal;
    desk.replace({ of: 'b', clOrdId: 'c', quantity: '8', price });
    desk.participant = holds.participant;
    while (desk.pending.length > 0) desk.answerPending();
    expectHeld(desk, holds);
  });

  it('keeps its place when it only shrinks, and goes behind when it grows', () => {
    const { desk, holds } = deskWithHolds();
    for (const account of ['alice.main', 'bob.main']) desk.place({ account, clOrdId: 'a' });
    const first = () => desk.state.markets.get('AMZN')?.book;
    const order = () => {
      const numbers: number[] = [];
      first()?.forEachOrder('BUY', (number) => numbers.push(number));
      return numbers;
    };
    desk.replace({ of: 'a', clOrdId: 'b', quantity: '6' });
    expect(order()).toEqual([1, 2]);
    desk.replace({ of: 'b', clOrdId: 'c', quantity: '7' });
    expect(order()).toEqual([2, 1]);
    expectHeld(desk, holds);
  });

  it('tells PENDING_REPLACE, then REPLACED with both ids, and finds the order by any of them', () => {
    const { desk } = deskWithHolds();
    desk.place({ clOrdId: 'a' });
    desk.reports.length = 0;
    desk.replace({ of: 'a', clOrdId: 'b', price: '100.01' });
    desk.replace({ of: 'a', clOrdId: 'c', quantity: '20' });
    const told = desk.reports.map(
      ({ execType, order }) => `${execType} ${order.terms.clOrdId} ${order.amend?.origClOrdId}`,
    );
    expect(told).toEqual(['PENDING_REPLACE a ', 'REPLACED b a', 'PENDING_REPLACE b a', 'REPLACED c b']);
    for (const id of ['a', 'b', 'c']) expect(desk.shows(id)).toBe('NEW 20/0/0/0');
    desk.cancel('alice.main', 'b');
    expect(desk.shows('a')).toBe('CANCELED 0/0/20/0');
    expectSound(desk);
  });

  it('is idempotent by its new id, and an id stands for one thing', () => {
    const { desk } = deskWithHolds();
    desk.place({ clOrdId: 'a' });
    desk.place({ clOrdId: 'other' });
    desk.replace({ of: 'a', clOrdId: 'b', quantity: '6' });
    const before = desk.events.length;
    expect(desk.replace({ of: 'a', clOrdId: 'b', quantity: '6' })).toMatchObject({
      kind: 'replace-answered',
      duplicate: true,
      answer: { outcome: 'replaced' },
    });
    for (const outcome of [
      desk.replace({ of: 'a', clOrdId: 'b', quantity: '7' }),
      desk.replace({ of: 'other', clOrdId: 'b', quantity: '6' }),
      desk.replace({ of: 'other', clOrdId: 'a', quantity: '6' }),
      desk.place({ clOrdId: 'b' }),
      desk.place({ clOrdId: 'a', quantity: '6' }),
    ])
      expect(outcome).toMatchObject({ kind: 'refused', reason: { code: 'CL_ORD_ID_REUSED' } });
    expect(desk.place({ clOrdId: 'a' })).toMatchObject({ kind: 'duplicate' });
    expect(desk.events).toHaveLength(before);
  });

  it('forgets the oldest ids of an order that is replaced again and again', () => {
    const { desk, holds } = deskWithHolds();
    desk.place({ clOrdId: 'r0', quantity: '1000' });
    for (let n = 1; n <= REPLACES_KEPT_MAX + 10; n++)
      desk.replace({ of: `r${n - 1}`, clOrdId: `r${n}`, quantity: `${1000 - n}` });
    expect(desk.state.keys.size).toBe(REPLACES_KEPT_MAX + 1);
    expect(desk.shows('r0')).toBe(desk.shows(`r${REPLACES_KEPT_MAX + 10}`));
    expect(desk.shows('r1')).toBe('unknown');
    expectHeld(desk, holds);
  });

  it('leaves the order as it was when risk refuses, with all reasons', () => {
    const { desk, holds } = deskWithHolds();
    desk.place({ clOrdId: 'a' });
    holds.refusal = [...refused('ORDER_NOTIONAL'), ...refused('INSUFFICIENT_FUNDS')];
    desk.replace({ of: 'a', clOrdId: 'b', quantity: '12' });
    expect(desk.replaced.at(-1)).toMatchObject({ outcome: 'refused', clOrdId: 'b' });
    expect(desk.replaced.at(-1)?.reasons.map(({ code }) => code)).toEqual([
      'INSUFFICIENT_FUNDS',
      'ORDER_NOTIONAL',
    ]);
    expect(desk.shows('a')).toBe('NEW 10/0/0/0');
    expect(desk.state.orders.get(1)?.terms.clOrdId).toBe('a');
    expect(desk.replace({ of: 'a', clOrdId: 'b', quantity: '12' })).toMatchObject({
      duplicate: true,
      answer: { outcome: 'refused', reasons: [{ code: 'INSUFFICIENT_FUNDS' }, { code: 'ORDER_NOTIONAL' }] },
    });
    expectHeld(desk, holds);
  });

  /** What happens while risk is asked to raise the hold of 10@100.00 to 15@101.00. */
  const MEANWHILE: [
    name: string,
    act: (desk: TradingDesk) => void,
    outcome: string,
    code: string | undefined,
  ][] = [
    ['a fill of a part', (desk) => sell(desk, '4'), 'replaced', undefined],
    ['a fill of all', (desk) => sell(desk, '10'), 'too-late', 'TOO_LATE_TO_REPLACE'],
    ['a cancel', (desk) => desk.cancel('alice.main', 'a'), 'too-late', 'TOO_LATE_TO_REPLACE'],
    ['a halt', (desk) => halt(desk), 'refused', 'INSTRUMENT_HALTED'],
    ['a kill switch', (desk) => kill(desk), 'too-late', 'TOO_LATE_TO_REPLACE'],
    ['the deadline', (desk) => waitLong(desk), 'refused', 'STEP_DEADLINE'],
    [
      'an operator',
      (desk) => desk.do({ kind: 'CompensateSaga', sagaNumber: 2 }),
      'refused',
      'OPERATOR_COMPENSATED',
    ],
  ];
  const sell = (desk: TradingDesk, quantity: string) =>
    desk.place({ account: 'bob.main', clOrdId: 's', side: 'SELL', quantity });
  const halt = (desk: TradingDesk) => desk.do({ kind: 'SetTradingStatus', symbol: 'AMZN', status: 'HALTED' });
  const kill = (desk: TradingDesk) =>
    desk.do({ kind: 'EngageKillSwitch', scope: 'all', operator: 'o', note: '' });
  const waitLong = (desk: TradingDesk) => {
    desk.nowMicros += PLACE_ORDER_DEADLINE_MS * 1_000;
    desk.do({ kind: 'SagaTick' });
  };

  it.each(MEANWHILE)('meets %s while risk is asked', (_name, act, outcome, code) => {
    const { desk, holds } = deskWithHolds();
    desk.place({ clOrdId: 'a' });
    desk.participant = (request, call) =>
      request.kind === 'RaiseHold' ? undefined : holds.participant(request, call);
    expect(desk.replace({ of: 'a', clOrdId: 'b', quantity: '15', price: '101.00' })).toMatchObject({
      kind: 'replace-pending',
    });
    expect(desk.replace({ of: 'a', clOrdId: 'c' })).toMatchObject({ reason: { code: 'ORDER_PENDING' } });
    act(desk);
    desk.participant = holds.participant;
    desk.answerPending();
    expect(desk.replaced).toHaveLength(1);
    expect(desk.replaced[0]).toMatchObject({ outcome });
    expect(desk.replaced[0]?.reasons[0]?.code).toBe(code);
    expectHeld(desk, holds);
  });

  it('survives a restart at every step', () => {
    const { desk, holds } = deskWithHolds();
    desk.place({ clOrdId: 'a' });
    desk.participant = () => undefined;
    desk.replace({ of: 'a', clOrdId: 'b', quantity: '4', price: '99.00' });
    for (let step = 0; step < 3; step++) {
      desk.state = tradingMachine.restore(tradingMachine.snapshot(desk.state));
      const call = desk.pending[0];
      desk.pending = [];
      desk.participant = (request, each) =>
        each.sagaNumber === call?.sagaNumber ? holds.participant(request, each) : undefined;
      desk.do({ kind: 'SagaRecover' });
    }
    desk.participant = holds.participant;
    desk.answerPending();
    expect(desk.shows('b')).toBe('NEW 4/0/0/0');
    expect(holds.of(1)).toBe('4@9900');
    expectSound(desk);
  });

  it('lowers the hold only when what traded at the former price is settled', () => {
    const { desk, holds } = deskWithHolds();
    desk.place({ clOrdId: 'a' });
    desk.participant = (request, call) =>
      request.kind === 'SettleLeg' ? undefined : holds.participant(request, call);
    sell(desk, '4');
    desk.replace({ of: 'a', clOrdId: 'b', price: '99.00' });
    expect(holds.of(1)).toBe('10@10000');
    desk.participant = holds.participant;
    desk.answerPending();
    expect(holds.of(1)).toBe('6@9900');
    expectHeld(desk, holds);
  });

  it('refuses a post-only order that would trade at its new price', () => {
    const { desk, holds } = deskWithHolds();
    desk.place({ account: 'bob.main', clOrdId: 's', side: 'SELL', price: '100.02' });
    desk.place({ clOrdId: 'a', postOnly: true });
    desk.replace({ of: 'a', clOrdId: 'b', price: '100.02' });
    expect(desk.replaced[0]).toMatchObject({
      outcome: 'refused',
      reasons: [{ code: 'POST_ONLY_WOULD_TRADE' }],
    });
    expectHeld(desk, holds);
  });

  const BAD: [field: string, request: object][] = [
    ['cl_ord_id', { clOrdId: 'a b' }],
    ['order_qty', { quantity: '0' }],
    ['order_qty', { quantity: '1.5' }],
    ['order_qty', { quantity: '99999999999999' }],
    ['price', { price: '100.001' }],
    ['price', { price: '-1' }],
  ];
  it.each(BAD)('names the field %s in %j and journals nothing', (field, request) => {
    const { desk } = deskWithHolds();
    desk.place({ clOrdId: 'a' });
    const before = desk.events.length;
    const outcome = desk.replace({ of: 'a', clOrdId: 'b', ...request });
    expect(outcome).toMatchObject({ kind: 'fields-invalid', problems: [{ field }] });
    expect(desk.events).toHaveLength(before);
  });

  it('does not know the orders of others, nor those that nobody placed', () => {
    const { desk } = deskWithHolds();
    desk.place({ clOrdId: 'a' });
    const unknown = { kind: 'refused', reason: { code: 'UNKNOWN_ORDER' } };
    expect(desk.replace({ of: 'a', clOrdId: 'b', participant: 'bob' })).toMatchObject(unknown);
    expect(desk.replace({ of: 'x', clOrdId: 'b' })).toMatchObject(unknown);
  });

  it('keeps holds equal to needs whatever is placed, replaced, canceled and delayed', () => {
    const action = fc.record({
      kind: fc.constantFrom('place', 'place', 'replace', 'replace', 'cancel', 'answer', 'tick'),
      of: fc.nat(12),
      account: fc.constantFrom('alice.main', 'bob.main'),
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      price: fc.integer({ min: 98, max: 102 }),
      quantity: fc.integer({ min: 1, max: 20 }),
      isDelayed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const { desk, holds } = deskWithHolds();
        actions.forEach(({ kind, of, account, side, price, quantity, isDelayed }, at) => {
          desk.participant = (request, call) => (isDelayed ? undefined : holds.participant(request, call));
          const terms = { price: `${price}.00`, quantity: `${quantity}` };
          if (kind === 'place') desk.place({ account, clOrdId: `o${at}`, side, ...terms });
          if (kind === 'replace') desk.replace({ account, of: `o${of}`, clOrdId: `o${at}`, ...terms });
          if (kind === 'cancel') desk.cancel(account, `o${of}`);
          if (kind === 'answer') desk.answerPending();
          if (kind === 'tick') waitLong(desk);
        });
        desk.participant = holds.participant;
        for (let round = 0; desk.pending.length > 0 && round < 50; round++) desk.answerPending();
        expectHeld(desk, holds);
      }),
      { numRuns: 300 },
    );
  });
});
