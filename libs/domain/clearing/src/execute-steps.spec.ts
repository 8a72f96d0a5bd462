import { clearingMachine } from './clearing-machine';
import { FINISHED_BELOW_STEP } from './execute-steps';
import { aLeg, InMemoryShard, reverseStep, settleStep } from './in-memory-shard.fixture';
import { clearingInvariants } from './invariants';
import { ledgerBalances, settledValue } from './queries';

const buy = aLeg();
const sell = aLeg({ account: 'bob.main', side: 'sell', feeMinor: 4n });

function funded(): InMemoryShard {
  const shard = new InMemoryShard();
  shard.fund('alice.main', 'USD', 10_000n);
  shard.fund('bob.main', 'AMZN', 5n);
  return shard;
}

function expectSound(shard: InMemoryShard): void {
  expect(clearingInvariants(shard.state).filter(({ holds }) => !holds)).toEqual([]);
}

const codes = (result: { reasons: readonly { code: string }[] } | undefined) =>
  result?.reasons.map(({ code }) => code);

describe('SettleLeg', () => {
  it('exchanges both legs with the house, which keeps the fees and nothing else', () => {
    const shard = funded();
    const results = shard.steps([settleStep(7, 0, buy), settleStep(7, 1, sell)]);
    expect(results.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    expect([shard.balance('alice.main', 'USD'), shard.balance('alice.main', 'AMZN')]).toEqual([4_997n, 5n]);
    expect([shard.balance('bob.main', 'USD'), shard.balance('bob.main', 'AMZN')]).toEqual([4_996n, 0n]);
    expect(shard.state.ledger.houseBalanceMinor('FEES', 'USD')).toBe(7n);
    expect(shard.state.ledger.houseBalanceMinor('CCP', 'USD')).toBe(0n);
    expect(shard.state.ledger.houseBalanceMinor('CCP', 'AMZN')).toBe(0n);
    expect([...shard.state.openTrades.entries()]).toEqual([]);
    expectSound(shard);
  });

  it('knows what the CCP is exposed to while one leg stands', () => {
    const shard = funded();
    shard.steps([settleStep(7, 0, buy)]);
    expect(shard.state.ledger.houseBalanceMinor('CCP', 'USD')).toBe(5_000n);
    expect([...shard.state.openTrades.entries()]).toHaveLength(1);
    expectSound(shard);
  });

  it('reports legs of one trade that disagree', () => {
    const shard = funded();
    shard.steps([settleStep(7, 0, buy), settleStep(7, 1, { ...sell, quoteMinor: 4_999n })]);
    const broken = clearingInvariants(shard.state).find(({ holds }) => !holds);
    expect(broken?.name).toBe('house-ccp-nets-to-zero');
    expect(broken?.detail).toBe('trade trading/0#1: 0 more buy than sell legs, which do not cancel out');
  });

  it.each([
    ['buyer without the fee', { ...buy, quoteMinor: 9_998n }, ['INSUFFICIENT_FUNDS']],
    ['seller without the base', { ...sell, baseMinor: 6n }, ['INSUFFICIENT_POSITION']],
    ['account never funded', { ...buy, account: 'carol.main' }, ['INSUFFICIENT_FUNDS']],
  ])('refuses a %s and changes nothing', (_, leg, reasons) => {
    const shard = funded();
    const before = ledgerBalances(shard.state);
    const [result] = shard.steps([settleStep(7, 0, leg)]);
    expect([result?.status, codes(result)]).toEqual(['refused', reasons]);
    expect(ledgerBalances(shard.state)).toEqual(before);
  });

  it('gives every reason at once, in the order of the catalogue', () => {
    const shard = funded();
    shard.execute({ kind: 'SetAccountFrozen', account: 'alice.main', frozen: true, note: '' });
    const [result] = shard.steps([settleStep(7, 0, { ...buy, quoteMinor: 20_000n })]);
    expect(codes(result)).toEqual(['ACCOUNT_FROZEN', 'INSUFFICIENT_FUNDS']);
    expect(result?.reasons[1]?.metadata).toEqual({
      asset: 'USD',
      balanceMinor: '10000',
      neededMinor: '20003',
    });
  });

  it('posts no line for a fee of zero', () => {
    const shard = funded();
    shard.steps([settleStep(7, 0, { ...buy, feeMinor: 0n })]);
    const last = shard.events.at(-1)?.event;
    expect(last?.kind === 'LegSettled' && last.postings.map(({ purpose }) => purpose)).toEqual([
      'CUSTOMER',
      'CCP',
      'CCP',
      'CUSTOMER',
    ]);
  });
});

describe('ReverseLeg', () => {
  it('counter-posts the leg to the last unit, for a frozen account too', () => {
    const shard = funded();
    shard.steps([settleStep(7, 0, buy)]);
    shard.execute({ kind: 'SetAccountFrozen', account: 'alice.main', frozen: true, note: '' });
    const [result] = shard.steps([reverseStep(7, 0)]);
    expect(result?.status).toBe('succeeded');
    expect([shard.balance('alice.main', 'USD'), shard.balance('alice.main', 'AMZN')]).toEqual([10_000n, 0n]);
    expect(settledValue(shard.state)).toMatchObject({ legsSettled: 1, legsReversed: 1 });
    expect(settledValue(shard.state).buyMinor.get('USD')).toBe(0n);
    expectSound(shard);
  });

  it('leaves the CCP exposed to the other leg when one of two is reversed', () => {
    const shard = funded();
    shard.steps([settleStep(7, 0, buy), settleStep(7, 1, sell), reverseStep(7, 0)]);
    expect(shard.state.ledger.houseBalanceMinor('CCP', 'AMZN')).toBe(5n);
    expectSound(shard);
    shard.steps([reverseStep(7, 1)]);
    expect([...shard.state.openTrades.entries()]).toEqual([]);
    expectSound(shard);
  });

  it('keeps what trades whose other leg stands at another shard left the CCP, and forgets the trades', () => {
    const [here, there] = [funded(), funded()];
    here.steps([settleStep(7, 0, buy)]);
    there.steps([settleStep(7, 1, sell)]);
    for (const shard of [here, there]) shard.steps([], 8 + FINISHED_BELOW_STEP);
    for (const shard of [here, there]) {
      expect([...shard.state.openTrades.entries()]).toEqual([]);
      expectSound(shard);
      const restored = clearingMachine.restore(clearingMachine.snapshot(shard.state));
      expect(restored.openTrades.settledElsewhereMinor).toEqual(shard.state.openTrades.settledElsewhereMinor);
    }
    for (const asset of ['USD', 'AMZN']) {
      const left = [here, there].map((shard) => shard.state.ledger.houseBalanceMinor('CCP', asset));
      expect(left[0]).not.toBe(0n);
      expect((left[0] ?? 0n) + (left[1] ?? 0n)).toBe(0n);
    }
  });

  it('restores the open trades of a snapshot from before shards', () => {
    const shard = funded();
    shard.steps([settleStep(7, 0, buy)]);
    const plain = clearingMachine.snapshot(shard.state) as Record<string, unknown>;
    const [row = []] = plain.openTrades as unknown[][];
    const restored = clearingMachine.restore({ ...plain, openTrades: [row.slice(0, 4)] } as never);
    expect([...restored.openTrades.entries()]).toHaveLength(1);
    expect(clearingInvariants(restored).every(({ holds }) => holds)).toBe(true);
  });

  it('notes a compensation that overtook its action, which is refused when it comes', () => {
    const shard = funded();
    expect(shard.steps([reverseStep(7, 0)])[0]?.status).toBe('succeeded');
    const events = shard.events.length;
    const [late] = shard.steps([settleStep(7, 0, buy)]);
    expect([late?.status, codes(late)]).toEqual(['refused', ['ALREADY_COMPENSATED']]);
    expect(shard.events).toHaveLength(events);
  });

  it('may overdraw an account that moved on what it got, and says so', () => {
    const shard = funded();
    shard.steps([settleStep(7, 0, buy)]);
    const onward = aLeg({ tradeNumber: 2, side: 'sell' });
    shard.steps([settleStep(8, 0, onward), reverseStep(7, 0)]);
    expect(shard.balance('alice.main', 'AMZN')).toBe(-5n);
    const broken = clearingInvariants(shard.state).filter(({ holds }) => !holds);
    expect(broken.map(({ name, detail }) => [name, detail])).toEqual([
      ['no-customer-overdrawn', 'alice.main AMZN -5'],
    ]);
  });
});

describe('steps asked again', () => {
  it.each([
    ['a settled leg', settleStep(7, 0, buy)],
    ['a refused leg', settleStep(7, 0, { ...buy, quoteMinor: 99_999n })],
    ['a compensation', reverseStep(7, 0)],
  ])('answer for %s as they did first, without an event', (_, step) => {
    const shard = funded();
    const first = shard.steps([step]);
    const events = shard.events.length;
    expect(shard.steps([step])).toEqual(first);
    expect(shard.events).toHaveLength(events);
  });

  it('are stale once the origin said that their saga has ended, and their legs are forgotten', () => {
    const shard = funded();
    shard.steps([settleStep(7, 0, buy), settleStep(7, 1, sell)]);
    shard.steps([], 511);
    expect(shard.state.participants.size).toBe(1);
    shard.steps([], 512);
    expect(shard.state.participants.size).toBe(0);
    expect(shard.state.standingLegs.snapshot()).toEqual([]);
    expect(shard.steps([settleStep(7, 0, buy)])[0]?.status).toBe('stale');
    expectSound(shard);
  });
});

describe('an entry', () => {
  it('is refused by evolve when it is out of order or off by one unit', () => {
    const shard = funded();
    shard.steps([settleStep(7, 0, buy)]);
    const event = shard.events.at(-1)?.event;
    if (event?.kind !== 'LegSettled') throw new Error('no leg was settled');
    const again = { ...event, key: { ...event.key, step: 9 } };
    expect(() => clearingMachine.evolve(shard.state, again, 0)).toThrow('entry 3 came where 4 was due');
    const [first, ...rest] = event.postings;
    if (!first) throw new Error('no postings');
    const off = { ...again, entryNumber: 4, postings: [{ ...first, amountMinor: 1n }, ...rest] };
    expect(() => clearingMachine.evolve(shard.state, off, 0)).toThrow('entry is off by');
  });

  it('is reversed once at most', () => {
    const shard = funded();
    shard.steps([settleStep(7, 0, buy), reverseStep(7, 0)]);
    const event = shard.events.at(-1)?.event;
    if (event?.kind !== 'LegReversed') throw new Error('no leg was reversed');
    const again = { ...event, entryNumber: event.entryNumber + 1 };
    expect(() => clearingMachine.evolve(shard.state, again, 0)).toThrow('no standing leg');
  });
});
