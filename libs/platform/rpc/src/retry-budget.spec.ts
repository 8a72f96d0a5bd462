import { RetryBudget } from './retry-budget';

describe('retry budget', () => {
  it('allows a few a second, one in ten calls more, and saves up no more than its burst', () => {
    let nowMs = 0;
    const budget = new RetryBudget({ ratio: 0.1, perSecond: 2, burstMax: 5 }, () => nowMs);
    const takeAll = (): number => {
      let taken = 0;
      while (budget.take()) taken += 1;
      return taken;
    };
    expect(takeAll()).toBe(2);
    nowMs += 1_000;
    expect(takeAll()).toBe(2);
    for (let n = 0; n < 31; n += 1) budget.called();
    expect(takeAll()).toBe(3);
    nowMs += 60_000;
    expect(takeAll()).toBe(5);
  });
});
