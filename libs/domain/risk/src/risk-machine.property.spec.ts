import fc from 'fast-check';
import type { Reserve, RiskAction, RiskStep } from './actions';
import type { RiskEvent } from './events';
import { checkRiskInvariants } from './invariants';
import { riskMachine } from './risk-machine';
import { createRiskState, type RiskState } from './risk-state';
import { orderOf, RiskRun } from './testing/risk-run';

const account = fc.constantFrom('alice.main', 'bob.main');
const asset = fc.constantFrom('USD', 'AMZN');
const lots = fc.integer({ min: 1, max: 12 });
const orderNumber = fc.integer({ min: 1, max: 6 });
const amounts = fc.record({ account, asset, amountMinor: fc.bigInt({ min: 1n, max: 600n }) });

const reserve = fc
  .record({
    orderNumber,
    account,
    side: fc.constantFrom('buy' as const, 'sell' as const),
    quantityLots: lots,
    priceTicks: fc.constantFrom(0, 95, 100, 105, 130),
    feeBps: fc.constantFrom(0, 7, 250),
    tickValueMinor: fc.constantFrom(1n, 3n),
  })
  .map((order) => orderOf(order));

const action: fc.Arbitrary<RiskAction> = fc.oneof(
  { weight: 5, arbitrary: reserve },
  {
    weight: 2,
    arbitrary: orderNumber.map((order) => ({ kind: 'ReleaseHold' as const, orderNumber: order })),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('ReleaseLots' as const), orderNumber, quantityLots: lots }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('ApplyFill' as const),
      orderNumber,
      tradeNumber: fc.constant(1),
      quantityLots: lots,
      priceTicks: fc.integer({ min: 90, max: 110 }),
      feeMinor: fc.bigInt({ min: 0n, max: 4n }),
    }),
  },
  { weight: 3, arbitrary: amounts.map((funds) => ({ kind: 'CreditFunds' as const, ...funds })) },
  { weight: 2, arbitrary: amounts.map((funds) => ({ kind: 'HoldFunds' as const, ...funds })) },
  { weight: 2, arbitrary: amounts.map((funds) => ({ kind: 'ReleaseFunds' as const, ...funds })) },
  { weight: 2, arbitrary: amounts.map((funds) => ({ kind: 'DebitHeldFunds' as const, ...funds })) },
);

/** Steps over few keys, so that repeats, reorderings and compensations before their actions are common. */
const step: fc.Arbitrary<RiskStep> = fc.record({
  sagaNumber: fc.integer({ min: 1, max: 25 }),
  step: fc.integer({ min: 0, max: 2 }),
  phase: fc.constantFrom('action' as const, 'action' as const, 'compensation' as const),
  action,
});

const calls = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 30 });

function funded(): RiskRun {
  const run = new RiskRun();
  for (const name of ['alice.main', 'bob.main']) {
    run.execute([
      {
        sagaNumber: name === 'alice.main' ? 100 : 101,
        step: 0,
        phase: 'action',
        action: credit(name, 'USD'),
      },
      {
        sagaNumber: name === 'alice.main' ? 100 : 101,
        step: 1,
        phase: 'action',
        action: credit(name, 'AMZN'),
      },
    ]);
  }
  return run;
}

function credit(name: string, ofAsset: string): RiskAction {
  return {
    kind: 'CreditFunds',
    account: name,
    asset: ofAsset,
    amountMinor: ofAsset === 'USD' ? 2_000n : 30n,
  };
}

function totals(state: RiskState): Record<string, bigint> {
  const sums: Record<string, bigint> = { USD: 0n, AMZN: 0n };
  for (const entry of state.funds.entries()) sums[entry.asset] = (sums[entry.asset] ?? 0n) + entry.totalMinor;
  return sums;
}

/** What the totals of all accounts should be, told from the events alone: credits, debits and fills, and nothing else. */
function expectedTotals(events: readonly RiskEvent[]): Record<string, bigint> {
  const sums: Record<string, bigint> = { USD: 0n, AMZN: 0n };
  const orders = new Map<number, Reserve>();
  const add = (name: string, change: bigint) => {
    sums[name] = (sums[name] ?? 0n) + change;
  };
  for (const event of events) {
    if (event.kind === 'HoldPlaced') orders.set(event.reserve.orderNumber, event.reserve);
    if (event.kind === 'FundsCredited') add(event.funds.asset, event.funds.amountMinor);
    if (event.kind === 'FundsDebited') add(event.funds.asset, -event.funds.amountMinor);
    if (event.kind === 'FillApplied') {
      const order = orders.get(event.fill.orderNumber) as Reserve;
      const bought = order.side === 'buy' ? 1n : -1n;
      const notional = BigInt(event.fill.priceTicks * event.fill.quantityLots) * order.tickValueMinor;
      add('AMZN', bought * BigInt(event.fill.quantityLots));
      add('USD', -bought * notional - event.fill.feeMinor);
    }
  }
  return sums;
}

describe('the risk machine under any steps', () => {
  it('keeps its invariants after every call and conserves funds', () => {
    fc.assert(
      fc.property(calls, (batches) => {
        const run = funded();
        for (const steps of batches) {
          run.execute(steps);
          expect(checkRiskInvariants(run.state).filter(({ holds }) => !holds)).toEqual([]);
        }
        expect(totals(run.state)).toEqual(expectedTotals(run.events.map(({ event }) => event)));
      }),
      { numRuns: 300 },
    );
  });

  it('answers any repeat as it did first, without an event', () => {
    fc.assert(
      fc.property(calls, (batches) => {
        const run = funded();
        const first = batches.map((steps) => run.execute(steps));
        const before = riskMachine.snapshot(run.state);
        const events = run.events.length;
        run.nowMicros += 3_600_000_000;
        expect(batches.map((steps) => run.execute(steps))).toEqual(first);
        expect(run.events).toHaveLength(events);
        expect(riskMachine.snapshot(run.state)).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });

  it('comes back the same from its events and from its snapshot, and goes on the same from there', () => {
    fc.assert(
      fc.property(calls, calls, (before, after) => {
        const live = funded();
        for (const steps of before) live.execute(steps);
        const replayed = createRiskState();
        for (const { event, timeMicros } of live.events) riskMachine.evolve(replayed, event, timeMicros);
        const restored = new RiskRun(riskMachine.restore(riskMachine.snapshot(live.state)));
        expect(riskMachine.snapshot(replayed)).toEqual(riskMachine.snapshot(live.state));
        expect(riskMachine.snapshot(restored.state)).toEqual(riskMachine.snapshot(live.state));
        for (const steps of after) expect(restored.execute(steps)).toEqual(live.execute(steps));
        expect(riskMachine.snapshot(restored.state)).toEqual(riskMachine.snapshot(live.state));
      }),
      { numRuns: 100 },
    );
  });
});
