import type { Reserve } from './actions';
import { checkRiskInvariants } from './invariants';
import { ORIGIN, orderOf, RiskRun, rowsOf, stepOf, wordOf } from './testing/risk-run';

/** alice has 2,000 cents and 30 AMZN; order 1 holds 10 at 100, order 2 sells 10. */
function world(): RiskRun {
  const run = new RiskRun();
  run.credit('alice.main', 'USD', 2_000n);
  run.credit('alice.main', 'AMZN', 30n);
  run.act(orderOf({ orderNumber: 1 }));
  run.act(orderOf({ orderNumber: 2, side: 'sell' }));
  return run;
}

function orderAs(changes: Partial<Reserve>): Reserve {
  const { kind: _, ...order } = orderOf(changes) as { kind: 'Reserve' } & Reserve;
  return order;
}

/** "LOTS@PRICE" of an order's hold and what the account has left of its asset. */
function heldOf(run: RiskRun, orderNumber: number): string {
  const hold = run.state.holds.get(ORIGIN, orderNumber);
  return hold ? `${hold.openLots}@${hold.protectionPriceTicks}` : 'nothing';
}

/** Total, price and growth of the order as it is to become, against what its hold becomes. */
const RAISES = `
  order | lots | price | added | answer                | hold
  ------|------|-------|-------|-----------------------|---------
      1 |   20 |   100 |    10 | ok                    | 20@100
      1 |   21 |   100 |    11 | INSUFFICIENT_FUNDS    | 10@100
      1 |   10 |   104 |     0 | ok                    | 10@104
      1 |   10 |    96 |     0 | ok                    | 10@100
      1 |   20 |   105 |    10 | INSUFFICIENT_FUNDS    | 10@100
      1 |   10 |   106 |     0 | PRICE_DEVIATION       | 10@100
      2 |   30 |   100 |    20 | ok                    | 30@100
      2 |   31 |   100 |    21 | INSUFFICIENT_POSITION | 10@100
      2 |   10 |    96 |     0 | ok                    | 10@96
      3 |   10 |   100 |     0 | TOO_LATE_TO_REPLACE   | nothing
`;

describe('RaiseHold', () => {
  it.each(rowsOf(RAISES))('order %s to %s at %s, %s more: %s', (order, lots, price, added, answer, hold) => {
    const run = world();
    const orderNumber = Number(order);
    const side = orderNumber === 2 ? 'sell' : 'buy';
    const to = orderAs({ orderNumber, side, quantityLots: Number(lots), priceTicks: Number(price) });
    expect(wordOf(run.act({ kind: 'RaiseHold', order: to, addedLots: Number(added), version: 1 }))).toBe(
      answer,
    );
    expect(heldOf(run, orderNumber)).toBe(hold);
    expect(checkRiskInvariants(run.state).filter(({ holds }) => !holds)).toEqual([]);
  });

  it('is undone by its compensation, before or after it came', () => {
    const run = world();
    const raise = {
      kind: 'RaiseHold',
      order: orderAs({ orderNumber: 1, quantityLots: 15, priceTicks: 104 }),
    } as const;
    const undo = { kind: 'LowerHold', orderNumber: 1, quantityLots: 5, priceTicks: 100, version: 1 } as const;
    run.execute([stepOf(50, { ...raise, addedLots: 5, version: 1 })]);
    expect(heldOf(run, 1)).toBe('15@104');
    run.execute([stepOf(50, undo, 'compensation')]);
    expect(heldOf(run, 1)).toBe('10@100');
    run.execute([stepOf(51, undo, 'compensation')]);
    expect(wordOf(run.execute([stepOf(51, { ...raise, addedLots: 5, version: 2 })])[0])).toBe(
      'ALREADY_COMPENSATED',
    );
    expect(heldOf(run, 1)).toBe('10@100');
  });
});

describe('LowerHold', () => {
  const lower = (quantityLots: number, priceTicks: number, version: number, orderNumber = 1) =>
    ({ kind: 'LowerHold', orderNumber, quantityLots, priceTicks, version }) as const;

  it('gives back lots and price, but no price that a newer replacement has overtaken', () => {
    const run = world();
    run.act({
      kind: 'RaiseHold',
      order: orderAs({ orderNumber: 1, priceTicks: 104 }),
      addedLots: 0,
      version: 2,
    });
    run.act(lower(2, 99, 1));
    expect(heldOf(run, 1)).toBe('8@104');
    run.act(lower(0, 104, 2));
    run.act(lower(1, 98, 2));
    expect(heldOf(run, 1)).toBe('7@98');
    expect(checkRiskInvariants(run.state).filter(({ holds }) => !holds)).toEqual([]);
  });

  it('finds nothing to do where the hold is gone, and more lots than it has are a bug of the host', () => {
    const run = world();
    expect(wordOf(run.act(lower(0, 98, 1, 9)))).toBe('ok');
    expect(wordOf(run.act(lower(1, 98, 1, 9)))).toBe('INTERNAL');
    expect(wordOf(run.act(lower(11, 98, 1)))).toBe('INTERNAL');
    expect(heldOf(run, 1)).toBe('10@100');
  });
});
