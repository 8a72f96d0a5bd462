import { checkRiskInvariants } from './invariants';
import { orderOf, RiskRun } from './testing/risk-run';

const broken = (run: RiskRun): string[] =>
  checkRiskInvariants(run.state)
    .filter(({ holds }) => !holds)
    .map(({ name, detail }) => `${name}: ${detail}`);

function open(): RiskRun {
  const run = new RiskRun();
  run.credit('alice.main', 'USD', 1_000n);
  run.act(orderOf());
  return run;
}

describe('risk invariants', () => {
  it('hold on a sound state', () => expect(broken(open())).toEqual([]));

  it('show a hold that was lost', () => {
    const run = open();
    run.state.funds.change('alice.main', 'USD', { heldForOrdersMinor: -1n });
    expect(broken(run)).toEqual(['held-equals-holds: alice.main USD: held 999, holds 1000']);
  });

  it('show funds promised twice and funds owed', () => {
    const run = open();
    run.state.funds.change('alice.main', 'USD', { totalMinor: -1_001n });
    expect(broken(run)).toEqual([
      'available-never-negative: alice.main USD: available -1001',
      'no-negative-total: alice.main USD: total -1',
    ]);
  });
});
