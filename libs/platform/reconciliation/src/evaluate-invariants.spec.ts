import { evaluateInvariants } from './evaluate-invariants';
import {
  broken,
  clearing,
  holding,
  type Plant,
  replacing,
  replacingFunds,
  risk,
  systemWith,
  trading,
} from './sound-system.fixture';
import type { SystemState } from './system-state';

const failing = (state: SystemState): string[] =>
  evaluateInvariants(state)
    .filter(({ holds }) => !holds)
    .map(({ name }) => name);

const detailOf = (state: SystemState, name: string): string | undefined =>
  evaluateInvariants(state).find((result) => result.name === name)?.detail;

describe('a sound system', () => {
  it('fulfils every invariant, each under its name', () => {
    const results = evaluateInvariants(systemWith());
    expect(results.every(({ holds, detail }) => holds && detail === '')).toBe(true);
    expect(results.map(({ name }) => name)).toEqual([
      'system-at-rest',
      'debits-equal-credits',
      'cash-conserved',
      'securities-conserved',
      'house-nets-to-zero',
      'holds-equal-open-order-needs',
      'risk-funds-equal-ledger',
      'no-negative-balance',
      'fills-applied-once',
      'every-event-audited',
      'every-order-final-or-live',
      'no-parked-sagas',
      'replay-hash',
      'trading:every-order-final-or-live',
      'trading:replay-gives-live-state',
      'risk:held-equals-holds',
      'clearing:no-customer-overdrawn',
      'audit:coverage-contiguous',
    ]);
  });

  it('claims nothing about replays that no service made', () => {
    const own = { trading: { ok: true as const, value: [holding('every-order-final-or-live')] } };
    expect(evaluateInvariants(systemWith({ own })).map(({ name }) => name)).not.toContain('replay-hash');
  });
});

/** Each row: what is planted, the state with it, the invariant that must catch it, and what its detail must name. */
const PLANTED: readonly (readonly [string, Plant, string, string])[] = [
  [
    'a posting with one side',
    { clearing: { accounts: replacing('alice.main', 'USD', { creditsMinor: 50_001n }) } },
    'debits-equal-credits',
    'USD',
  ],
  ['an empty ledger', { clearing: { accounts: [] } }, 'debits-equal-credits', 'no accounts'],
  ['an empty ledger', { clearing: { accounts: [] } }, 'cash-conserved', 'no accounts'],
  ['an empty ledger', { clearing: { accounts: [] } }, 'securities-conserved', 'no accounts'],
  ['an empty ledger', { clearing: { accounts: [] } }, 'house-nets-to-zero', 'no accounts'],
  [
    'cash that appears',
    { clearing: { accounts: replacing('bob.main', 'USD', { creditsMinor: 10_500n }) } },
    'cash-conserved',
    'USD',
  ],
  [
    'cash that risk made up',
    { risk: { funds: replacingFunds('bob.main', 'USD', { totalMinor: 10_000n }) } },
    'cash-conserved',
    "risk's",
  ],
  [
    'cash of no known purpose',
    { clearing: { accounts: replacing('alice.main', 'USD', { purpose: 'UNKNOWN' }) } },
    'cash-conserved',
    'unknown purpose',
  ],
  ['a ledger without cash', { trading: { cashAssets: new Set(['EUR']) } }, 'cash-conserved', 'paid with'],
  [
    'a share that vanishes',
    { clearing: { accounts: replacing('bob.main', 'AMZN', { debitsMinor: 3n }) } },
    'securities-conserved',
    'AMZN',
  ],
  [
    'a share that risk made up',
    { risk: { funds: replacingFunds('alice.main', 'AMZN', { totalMinor: 3n }) } },
    'securities-conserved',
    'AMZN',
  ],
  [
    'a leg without the other',
    { clearing: { accounts: replacing('house', 'AMZN', { creditsMinor: 4n }, 'CCP') } },
    'house-nets-to-zero',
    'open by 2',
  ],
  [
    'a hold that was not released',
    { risk: { funds: replacingFunds('bob.main', 'USD', { heldForOrdersMinor: 100n }) } },
    'holds-equal-open-order-needs',
    'bob.main USD',
  ],
  [
    'an open order without hold',
    {
      trading: {
        needs: [...trading.needs, { account: 'bob.main', asset: 'AMZN', amountMinor: 1n, openOrders: 1 }],
      },
    },
    'holds-equal-open-order-needs',
    'bob.main AMZN',
  ],
  [
    'a hold for nothing',
    { risk: { openHolds: new Map([['alice.main', 2]]) } },
    'holds-equal-open-order-needs',
    '1 open orders, 2 holds',
  ],
  [
    'hold counts that were not read',
    { risk: { openHolds: new Map() } },
    'holds-equal-open-order-needs',
    '1 open orders, 0 holds',
  ],
  [
    'no funds at all',
    { risk: { funds: [] }, trading: { needs: [] } },
    'holds-equal-open-order-needs',
    'no funds',
  ],
  [
    'a fill that risk did not see',
    { risk: { funds: replacingFunds('alice.main', 'AMZN', { totalMinor: 0n }) } },
    'risk-funds-equal-ledger',
    'alice.main AMZN',
  ],
  [
    'an account that risk does not know',
    { risk: { funds: risk.funds.filter(({ account }) => account !== 'bob.main') } },
    'risk-funds-equal-ledger',
    'bob.main USD',
  ],
  [
    'nothing to compare',
    { risk: { funds: [] }, clearing: { accounts: [] } },
    'risk-funds-equal-ledger',
    'neither',
  ],
  [
    'a customer who owes',
    { clearing: { accounts: replacing('bob.main', 'AMZN', { debitsMinor: 11n }) } },
    'no-negative-balance',
    'bob.main AMZN: -1',
  ],
  [
    'a negative total at risk',
    { risk: { funds: replacingFunds('bob.main', 'AMZN', { totalMinor: -1n }) } },
    'no-negative-balance',
    'bob.main AMZN',
  ],
  [
    'more held than there is',
    { risk: { funds: replacingFunds('bob.main', 'AMZN', { heldForWithdrawalsMinor: 9n }) } },
    'no-negative-balance',
    'holds 9',
  ],
  ['no balances', { clearing: { accounts: [] } }, 'no-negative-balance', 'no balances'],
  [
    'a leg settled twice',
    { clearing: { legsSettled: 3, settledBuyMinor: new Map([['USD', 20_000n]]) } },
    'fills-applied-once',
    '20000',
  ],
  ['a lone leg', { clearing: { legsSettled: 3 } }, 'fills-applied-once', '3 legs stand'],
  ['more reversed than settled', { clearing: { legsReversed: 4 } }, 'fills-applied-once', 'reversed'],
  ['value without legs', { clearing: { legsSettled: 0 } }, 'fills-applied-once', '0 legs stand for a value'],
  [
    'an event that is not audited',
    {
      coverage: new Map([
        ['trading/0', 9],
        ['risk/0', 20],
        ['clearing/0', 30],
      ]),
    },
    'every-event-audited',
    'trading/0: 9 of 10',
  ],
  [
    'an audit ahead of a journal',
    {
      coverage: new Map([
        ['trading/0', 10],
        ['risk/0', 21],
        ['clearing/0', 30],
      ]),
    },
    'every-event-audited',
    'risk/0: 21 of 20',
  ],
  [
    'a shard that nobody audits',
    {
      coverage: new Map([
        ['trading/0', 10],
        ['risk/0', 20],
      ]),
    },
    'every-event-audited',
    'clearing/0',
  ],
  [
    'a lost order',
    { own: { trading: { ok: true, value: [broken('every-order-final-or-live')] } } },
    'every-order-final-or-live',
    'order 7',
  ],
  [
    'orders that trading says nothing of',
    { own: { trading: { ok: true, value: [holding('other')] } } },
    'every-order-final-or-live',
    'did not report',
  ],
  [
    'a parked saga',
    { trading: { position: { ...trading.position, liveSagas: 1, parkedSagas: 1 } } },
    'no-parked-sagas',
    'trading/0: 1',
  ],
  [
    'a parked transfer',
    { clearing: { position: { ...clearing.position, liveSagas: 1, parkedSagas: 1 } } },
    'no-parked-sagas',
    'clearing/0: 1',
  ],
  [
    'a state that a replay does not give',
    { own: { risk: { ok: true, value: [broken('replay-gives-live-state')] } } },
    'replay-hash',
    'risk',
  ],
  [
    'what a service finds itself',
    { own: { clearing: { ok: true, value: [broken('no-customer-overdrawn')] } } },
    'clearing:no-customer-overdrawn',
    'order 7',
  ],
  [
    'a service that checks nothing',
    { own: { audit: { ok: true, value: [] } } },
    'audit:own-invariants',
    'none',
  ],
  [
    'a service that does not answer',
    { own: { risk: { ok: false, why: 'UNAVAILABLE' } } },
    'risk:own-invariants',
    'UNAVAILABLE',
  ],
  [
    'trading that does not answer',
    { own: { trading: { ok: false, why: 'UNAVAILABLE' } } },
    'every-order-final-or-live',
    'UNAVAILABLE',
  ],
  ['a system in motion', { unrest: ['trading/0 moved on'] }, 'system-at-rest', 'moved on'],
];

describe('a planted break', () => {
  it.each(PLANTED)('%s is caught: %#', (_what, plant, name, text) => {
    expect(failing(systemWith(plant))).toContain(name);
    expect(detailOf(systemWith(plant), name)).toContain(text);
  });

  it('breaks only what it touches', () => {
    expect(failing(systemWith({ unrest: ['trading/0 moved on'] }))).toEqual(['system-at-rest']);
    const coverage = new Map([
      ['trading/0', 9],
      ['risk/0', 20],
      ['clearing/0', 30],
    ]);
    expect(failing(systemWith({ coverage }))).toEqual(['every-event-audited']);
  });

  it('is planted for every invariant', () => {
    const names = new Set(PLANTED.map(([, , name]) => name));
    const system = evaluateInvariants(systemWith()).map(({ name }) => name);
    expect(system.filter((name) => !name.includes(':') && !names.has(name))).toEqual([]);
  });
});

/** Invariants that cannot be evaluated without a service's dump. */
const MISSING: readonly (readonly ['trading' | 'risk' | 'clearing' | 'audit', readonly string[]])[] = [
  [
    'trading',
    [
      'cash-conserved',
      'securities-conserved',
      'holds-equal-open-order-needs',
      'fills-applied-once',
      'every-event-audited',
      'no-parked-sagas',
    ],
  ],
  [
    'risk',
    [
      'cash-conserved',
      'securities-conserved',
      'holds-equal-open-order-needs',
      'risk-funds-equal-ledger',
      'no-negative-balance',
      'every-event-audited',
      'no-parked-sagas',
    ],
  ],
  [
    'clearing',
    [
      'debits-equal-credits',
      'cash-conserved',
      'securities-conserved',
      'house-nets-to-zero',
      'risk-funds-equal-ledger',
      'no-negative-balance',
      'fills-applied-once',
      'every-event-audited',
      'no-parked-sagas',
    ],
  ],
  ['audit', ['every-event-audited']],
];

describe('a dump that is missing', () => {
  it.each(MISSING)('of %s fails what needs it', (service, names) => {
    const state = { ...systemWith(), [service]: { ok: false, why: 'UNAVAILABLE: no answer' } } as SystemState;
    expect(failing(state)).toEqual(names);
    expect(detailOf(state, names[0]!)).toContain(`${service} was not read: UNAVAILABLE: no answer`);
  });
});
