import { brokenInvariants, type Cluster, type Peer, startCluster, until, whenQuiet } from '@clearway/testing';
import { lookUp, openMarket, order, place, SIDE_SELL, seen, startMarket } from './market';

const PARTICIPANTS = ['alice', 'bob', 'carol', 'dave'];
const SHARDS = 2;
const CENTS = 100;
const ALL = { scope: { $case: 'all', value: true } } as const;
jest.setTimeout(180_000);

/** Totals by account and asset, in minor units. Nothing may be held. */
async function totalsOf(operator: Peer): Promise<Map<string, number>> {
  const { funds } = await operator.riskAdmin.call('listFunds', {});
  const held = funds.filter(
    (each) => Number(each.heldForOrdersMinor) + Number(each.heldForWithdrawalsMinor) > 0,
  );
  expect(held).toEqual([]);
  return new Map(funds.map(({ account, asset, totalMinor }) => [`${account} ${asset}`, Number(totalMinor)]));
}

/** Deposits what an account had, under a request id that says where it is from: sent twice, it is there once. */
async function carryOver(operator: Peer, key: string, minor: number): Promise<void> {
  const [account = '', asset = ''] = key.split(' ');
  const amount = asset === 'USD' ? (minor / CENTS).toFixed(2) : String(minor);
  const request = {
    account,
    requestId: `from-1-shard-${asset}`,
    asset,
    amount,
    bankReference: 'more shards',
  };
  for (let time = 0; time < 2; time += 1) await operator.clearing.call('deposit', request);
}

/**
 * docs/OPERATIONS.md, "Changing the number of shards", as it is written: the old system is emptied of orders and sagas, the new
 * one has databases of its own with two shards a service, and every balance is carried over.
 */
describe('another number of shards', () => {
  let old: Cluster | undefined;
  let next: Cluster | undefined;

  afterAll(async () => {
    await old?.close();
    await next?.close();
  });

  it('is reached offline: every balance is there, orders go on, and every invariant holds in both', async () => {
    old = await startMarket({ participants: PARTICIPANTS });
    await place(old.as('alice'), order('alice', { side: SIDE_SELL, orderQty: '7' }));
    await place(old.as('bob'), order('bob', { orderQty: '7', price: '101.00' }));
    const resting = order('carol', { price: '99.00' });
    expect(await place(old.as('carol'), resting)).toMatchObject({ status: 'NEW', reasons: [] });
    // 1 Nothing new comes in, nothing is open, no saga lives.
    await old.operator.tradingAdmin.call('engageKillSwitch', { scope: ALL, note: 'shards' });
    expect(seen(await lookUp(old.as('carol'), resting)).status).toBe('CANCELED');
    await whenQuiet(old.operator);
    expect(await brokenInvariants(old)).toEqual([]);
    // 2 What everybody has; the house's fees stay in the old ledger, which is kept.
    const before = await totalsOf(old.operator);
    expect(before.get('bob.main AMZN')).toBe(10_007);
    expect(before.size).toBe(PARTICIPANTS.length * 2);
    await old.close();
    old = undefined;
    // 3 New databases with the new number; instruments, limits, balances.
    const shards = { CLEARWAY_SHARDS: String(SHARDS) };
    next = await startCluster({
      participants: PARTICIPANTS,
      settingsOf: (service) => (service === 'audit' ? {} : shards),
    });
    const { operator } = next;
    await openMarket(operator, []);
    for (const [key, minor] of before) await carryOver(operator, key, minor);
    await whenQuiet(operator);
    // 4 Both say the same, and the market goes on over both shards of accounts.
    expect(await totalsOf(operator)).toEqual(before);
    await place(next.as('carol'), order('carol', { side: SIDE_SELL, orderQty: '3' }));
    await place(next.as('dave'), order('dave', { orderQty: '3', price: '101.00' }));
    await place(next.as('bob'), order('bob', { side: SIDE_SELL, orderQty: '2', price: '99.00' }));
    await place(next.as('alice'), order('alice', { orderQty: '2', price: '99.00' }));
    await whenQuiet(operator);
    await until(
      'the totals to move',
      async () => (await totalsOf(operator)).get('dave.main AMZN') === 10_003,
    );
    expect(await brokenInvariants(next)).toEqual([]);
  });
});
