import type { StepPhase } from '@clearway/domain-saga';
import type { RiskAction } from './actions';
import { decodeReserveResult } from './reserve-result';
import { riskMachine } from './risk-machine';
import { orderOf, RiskRun, stepOf, wordOf } from './testing/risk-run';

const fill = (quantityLots: number, priceTicks: number, feeMinor = 0n): RiskAction => ({
  kind: 'ApplyFill',
  orderNumber: 1,
  tradeNumber: 9,
  quantityLots,
  priceTicks,
  feeMinor,
});
const releaseLots = (quantityLots: number): RiskAction => ({
  kind: 'ReleaseLots',
  orderNumber: 1,
  quantityLots,
});
const amount = { account: 'alice.main', asset: 'USD', amountMinor: 400n };

function funded(): RiskRun {
  const run = new RiskRun();
  run.credit('alice.main', 'USD', 10_000n);
  run.credit('alice.main', 'AMZN', 100n);
  return run;
}

describe('the life of a hold', () => {
  it('holds a buy at its price with the fee, and pays what the trade cost', () => {
    const run = funded();
    run.act(orderOf({ feeBps: 15 }));
    expect(run.funds('alice.main', 'USD')).toBe('10000/1001/0');
    run.act(fill(4, 99));
    expect(run.funds('alice.main', 'USD')).toBe('9604/600/0');
    run.act(fill(6, 100));
    expect([run.funds('alice.main', 'USD'), run.funds('alice.main', 'AMZN')]).toEqual([
      '9004/0/0',
      '110/0/0',
    ]);
    expect(run.state.holds.size).toBe(0);
  });

  it('holds the lots of a sell, and is paid the notional less the fee', () => {
    const run = funded();
    run.act(orderOf({ side: 'sell', feeBps: 100 }));
    expect(run.funds('alice.main', 'AMZN')).toBe('100/10/0');
    run.act(fill(4, 101, 4n));
    expect([run.funds('alice.main', 'USD'), run.funds('alice.main', 'AMZN')]).toEqual([
      '10400/0/0',
      '96/6/0',
    ]);
  });

  it('holds a market order at the collar and answers it', () => {
    const run = funded();
    const answer = run.act(orderOf({ priceTicks: 0 }));
    expect(answer.status === 'succeeded' && decodeReserveResult(answer.result)).toEqual({
      protectionPriceTicks: 105,
    });
    expect(run.funds('alice.main', 'USD')).toBe('10000/1050/0');
  });

  it('comes to the same funds in whatever order fills and releases arrive', () => {
    const orders = [
      [fill(3, 99), fill(2, 97), releaseLots(5)],
      [releaseLots(5), fill(2, 97), fill(3, 99)],
      [fill(2, 97), releaseLots(5), fill(3, 99)],
    ];
    const ends = orders.map((actions) => {
      const run = funded();
      run.act(orderOf({ feeBps: 33 }));
      for (const action of actions) run.act(action);
      return [run.funds('alice.main', 'USD'), run.funds('alice.main', 'AMZN'), run.state.holds.size];
    });
    expect(ends).toEqual(Array(3).fill(['9509/0/0', '105/0/0', 0]));
  });

  it.each<[string, RiskAction]>([
    ['a fill of more than is open', fill(11, 100)],
    ['a fill at a price worse than the protection', fill(1, 101)],
    ['a fee above the one held', fill(1, 100, 1n)],
    ['a release of more than is open', releaseLots(11)],
    ['a fill of an order that holds nothing', { ...fill(1, 100), orderNumber: 2 } as RiskAction],
    ['a release of an order that holds nothing', { ...releaseLots(1), orderNumber: 2 } as RiskAction],
    ['a second hold for one order', orderOf()],
  ])('refuses %s as a bug of the host and changes no funds', (_, action) => {
    const run = funded();
    run.act(orderOf());
    const before = riskMachine.snapshot({ ...run.state, log: funded().state.log });
    expect(wordOf(run.act(action))).toBe('INTERNAL');
    expect(riskMachine.snapshot({ ...run.state, log: funded().state.log })).toEqual(before);
  });
});

describe('compensation', () => {
  const release: RiskAction = { kind: 'ReleaseHold', orderNumber: 1 };
  const word = (run: RiskRun, action: RiskAction, phase: StepPhase, saga = 50): string =>
    wordOf(run.execute([stepOf(saga, action, phase)])[0]);

  it('releases whatever the order still holds, once', () => {
    const run = funded();
    expect(word(run, orderOf(), 'action')).toBe('ok');
    run.act(fill(4, 100));
    expect([word(run, release, 'compensation'), word(run, release, 'compensation')]).toEqual(['ok', 'ok']);
    expect(run.funds('alice.main', 'USD')).toBe('9600/0/0');
  });

  it('that overtakes its reserve makes the reserve be refused', () => {
    const run = funded();
    expect(word(run, release, 'compensation')).toBe('ok');
    expect(word(run, orderOf(), 'action')).toBe('ALREADY_COMPENSATED');
    expect(word(run, orderOf(), 'action')).toBe('ALREADY_COMPENSATED');
    expect([run.funds('alice.main', 'USD'), run.state.orderRates.size]).toEqual(['10000/0/0', 0]);
  });

  it('of a refused reserve undoes nothing, not even the hold of another saga', () => {
    const run = funded();
    word(run, orderOf(), 'action', 50);
    expect(word(run, orderOf(), 'action', 51)).toBe('INTERNAL');
    expect(word(run, release, 'compensation', 51)).toBe('ok');
    expect(run.state.holds.size).toBe(1);
  });

  it('gives a withdrawal back only when it was held', () => {
    const run = funded();
    const hold: RiskAction = { kind: 'HoldFunds', ...amount };
    const back: RiskAction = { kind: 'ReleaseFunds', ...amount };
    expect([word(run, hold, 'action', 1_001), run.funds('alice.main', 'USD')]).toEqual(['ok', '10000/0/400']);
    expect([word(run, back, 'compensation', 1_002), run.funds('alice.main', 'USD')]).toEqual([
      'ok',
      '10000/0/400',
    ]);
    expect([word(run, back, 'compensation', 1_001), run.funds('alice.main', 'USD')]).toEqual([
      'ok',
      '10000/0/0',
    ]);
    expect(word(run, hold, 'action', 1_002)).toBe('ALREADY_COMPENSATED');
  });
});

describe('withdrawals and freezes', () => {
  it('debits what was held, and nothing else', () => {
    const run = funded();
    expect(wordOf(run.act({ kind: 'DebitHeldFunds', ...amount }))).toBe('INTERNAL');
    run.act({ kind: 'HoldFunds', ...amount });
    expect(wordOf(run.act({ kind: 'DebitHeldFunds', ...amount }))).toBe('ok');
    expect(run.funds('alice.main', 'USD')).toBe('9600/0/0');
  });

  it('refuses a withdrawal with all reasons', () => {
    const run = funded();
    run.act({ kind: 'SetAccountFrozen', account: 'alice.main', frozen: true, version: 2 });
    run.act({ kind: 'SetAccountFrozen', account: 'alice.main', frozen: false, version: 1 });
    const tooMuch: RiskAction = { kind: 'HoldFunds', ...amount, amountMinor: 10_001n };
    expect(wordOf(run.act(tooMuch))).toBe('ACCOUNT_FROZEN INSUFFICIENT_FUNDS');
    expect(wordOf(run.act({ ...tooMuch, account: 'dave.main' }))).toBe('UNKNOWN_ACCOUNT INSUFFICIENT_FUNDS');
  });
});

describe('ended sagas', () => {
  it('are forgotten 512 at a time, and their late steps are stale', () => {
    const run = new RiskRun();
    run.credit('alice.main', 'USD', 1n);
    run.execute([], 511);
    expect(run.events.at(-1)?.event.kind).toBe('FundsCredited');
    run.execute([], 512);
    expect(run.events.at(-1)?.event).toEqual({
      kind: 'SagasFinished',
      originShard: 'trading/0',
      finishedBelow: 512,
    });
    expect(wordOf(run.execute([stepOf(511, orderOf())])[0])).toBe('stale');
    expect([run.state.log.size, run.events.length]).toEqual([0, 2]);
    expect(run.events.map(({ event }) => riskMachine.rides(event))).toEqual([false, true]);
  });
});
