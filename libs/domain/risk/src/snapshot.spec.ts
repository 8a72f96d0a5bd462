import { releaseParts, wholePlain } from '@clearway/kernel';
import type { Hold } from './hold';
import { createRiskState, type RiskState } from './risk-state';
import { cut, restore, snapshot } from './snapshot';

const HOLD: Hold = {
  originShard: 'trading/0',
  orderNumber: 1,
  account: 'alice.main',
  symbol: 'AAPL',
  side: 'buy',
  openLots: 5,
  protectionPriceTicks: 100,
  lotSizeMinor: 1n,
  tickValueMinor: 2n,
  feeBps: 10,
  baseAsset: 'AAPL',
  quoteAsset: 'USD',
};

function someState(): RiskState {
  const state = createRiskState();
  state.funds.change('bob.main', 'USD', { totalMinor: 7n });
  state.funds.change('alice.main', 'USD', { totalMinor: 9n, heldForOrdersMinor: 1n });
  state.funds.change('alice.main', 'EUR', { totalMinor: 8n });
  state.holds.put({ ...HOLD, originShard: 'trading/1', orderNumber: 4, version: 3 });
  for (const orderNumber of [10, 2, 1]) state.holds.put({ ...HOLD, orderNumber });
  return state;
}

describe('the snapshot of risk', () => {
  it('gives the same state back, also from a build that wrote holds with their field names', () => {
    const state = someState();
    const plain = snapshot(state) as { readonly [field: string]: never };
    expect(snapshot(restore(plain))).toEqual(plain);
    const holds = [...state.holds.values()].map((hold) => ({ ...hold }));
    const older = restore({ ...plain, version: 1, holds });
    expect(snapshot(older)).toEqual(plain);
    expect(older.holds.get('trading/1', 4)).toEqual(state.holds.get('trading/1', 4));
    expect(() => restore({ ...plain, version: 3 })).toThrow('risk snapshot version 3 is not known');
  });

  it('is of one moment, while the state goes on', () => {
    const state = someState();
    const before = snapshot(state);
    const parts = cut(state);
    state.funds.change('alice.main', 'USD', { totalMinor: 100n });
    state.funds.change('carol.main', 'USD', { totalMinor: 1n });
    state.holds.put({ ...HOLD, openLots: 0 });
    state.holds.put({ ...HOLD, orderNumber: 2, openLots: 1 });
    state.holds.put({ ...HOLD, orderNumber: 11 });
    expect(wholePlain(parts)).toEqual(before);
    releaseParts(parts);
    expect(snapshot(state)).not.toEqual(before);
  });
});
