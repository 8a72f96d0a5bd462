import { DEFAULT_LIMITS, INHERITED_LIMITS, LimitTable } from './limits';
import { rowsOf } from './testing/risk-run';

/** Which override is set to what, and what then applies to alice.main in AMZN. */
const RATES = `
  default | symbol | account | both | applies
  --------|--------|---------|------|--------
        0 |      0 |       0 |    0 |     100
        1 |      0 |       0 |    0 |       1
        1 |      2 |       0 |    0 |       2
        1 |      2 |       3 |    0 |       3
        1 |      2 |       3 |    4 |       4
        0 |      2 |       0 |    4 |       4
        0 |      2 |       3 |    0 |       3
`;

const SCOPES = [
  { account: '', symbol: '' },
  { account: '', symbol: 'AMZN' },
  { account: 'alice.main', symbol: '' },
  { account: 'alice.main', symbol: 'AMZN' },
];

describe('LimitTable', () => {
  it.each(rowsOf(RATES))('default %s, symbol %s, account %s, both %s: %s', (...cells) => {
    const table = new LimitTable();
    for (const [index, scope] of SCOPES.entries()) {
      table.set(scope, { ...INHERITED_LIMITS, ordersPerMinuteMax: Number(cells[index]) });
    }
    expect(table.effective('alice.main', 'AMZN').ordersPerMinuteMax).toBe(Number(cells[4]));
    expect(table.effective('alice.main', 'AMZN').positionMaxMinor).toBe(DEFAULT_LIMITS.positionMaxMinor);
  });

  it('takes each figure from the most specific scope that sets it, and forgets an override that sets nothing', () => {
    const table = new LimitTable();
    table.set({ account: '', symbol: 'AMZN' }, { ...INHERITED_LIMITS, positionMaxMinor: 7n });
    table.set({ account: 'alice.main', symbol: '' }, { ...INHERITED_LIMITS, fatFingerMultipleMax: 9 });
    expect(table.effective('alice.main', 'AMZN')).toEqual({
      ...DEFAULT_LIMITS,
      positionMaxMinor: 7n,
      fatFingerMultipleMax: 9,
    });
    table.set({ account: '', symbol: 'AMZN' }, INHERITED_LIMITS);
    expect(table.entries()).toHaveLength(1);
  });
});
