import { measureLedger } from './measure-ledger';

it('posts balanced entries durably and counts them', async () => {
  const figures = await measureLedger({ seconds: 1, accounts: 10, tradesPerCommand: 5, window: 4 });
  // A leg with a fee has five postings.
  expect(figures.postings % 5).toBe(0);
  expect(figures.postings).toBeGreaterThan(100);
  expect(figures.postingsPerCommit).toBeGreaterThan(1);
  expect(figures.invariants).toEqual({
    'debits-equal-credits': true,
    'no-customer-overdrawn': true,
    'house-ccp-nets-to-zero': true,
    'cash-and-securities-conserved': true,
  });
}, 60_000);
