import { clearing } from '@clearway/contracts';
import { reconcile } from './reconcile';
import type { ReconciliationClients } from './reconciliation-clients';

/** What the fake services answer; each reading takes the next of `tradingEvents`, and stays at the last. */
interface Scene {
  readonly tradingEvents?: readonly number[];
  readonly liveSagas?: number;
  readonly failing?: string;
}

const { ACCOUNT_PURPOSE_CUSTOMER, ACCOUNT_PURPOSE_NOSTRO } = clearing.AccountPurpose;

function balance(owner: string, purpose: clearing.AccountPurpose, debitsMinor: bigint, creditsMinor: bigint) {
  return { owner, asset: 'USD', purpose, debitsMinor, creditsMinor };
}

/** A system in which alice deposited 1.00 USD and nothing else ever happened. */
function clientsOf({ tradingEvents = [5], liveSagas = 0, failing = '' }: Scene) {
  let readings = 0;
  const at = (shard: string, nextEvent: number) => ({ shard, nextEvent, liveSagas: 0, parkedSagas: 0 });
  const funds = { heldForOrdersMinor: 0n, heldForWithdrawalsMinor: 0n, totalMinor: 100n };
  const answers: Readonly<Record<string, () => object>> = {
    listInstruments: () => ({ instruments: [{ quoteAsset: 'USD' }] }),
    listOrderNeeds: () => {
      const nextEvent = tradingEvents[Math.min(readings, tradingEvents.length - 1)]!;
      readings += 1;
      return { position: { ...at('trading/0', nextEvent), liveSagas }, needs: [] };
    },
    listFunds: () => ({
      position: at('risk/0', 5),
      funds: [{ account: 'alice.main', asset: 'USD', ...funds }],
    }),
    getAccountRisk: () => ({ account: 'alice.main', openHolds: 0 }),
    listLedgerBalances: () => ({
      position: at('clearing/0', 5),
      balances: [
        balance('alice.main', ACCOUNT_PURPOSE_CUSTOMER, 0n, 100n),
        balance('house', ACCOUNT_PURPOSE_NOSTRO, 100n, 0n),
      ],
      settledBuyMinor: {},
      settledSellMinor: {},
      legsSettled: 0,
      legsReversed: 0,
    }),
    listCoverage: () => ({
      shards: ['trading/0', 'risk/0', 'clearing/0'].map((shard) => ({ shard, nextEvent: 5 })),
      treeSize: 15,
    }),
    checkInvariants: () => ({
      results: [{ name: 'every-order-final-or-live', holds: true, detail: '' }],
    }),
  };
  const client = {
    call: (name: string): Promise<object> =>
      name === failing ? Promise.reject(new Error('no answer')) : Promise.resolve(answers[name]!()),
  };
  const services = { trading: client, risk: client, clearing: client, audit: client };
  const clients = {
    ...services,
    tradingAdmin: client,
    riskAdmin: client,
    clearingAdmin: client,
    invariants: services,
    close: () => undefined,
  } as unknown as ReconciliationClients;
  return { clients, readings: () => readings };
}

const FAST = { restTimeoutMs: 60, readingIntervalMs: 1 };
/** For systems that do come to rest: a busy machine must not turn their time into a failure. */
const PATIENT = { restTimeoutMs: 10_000, readingIntervalMs: 1 };

async function failing(scene: Scene): Promise<string[]> {
  const { results } = await reconcile(clientsOf(scene).clients, FAST);
  return results.filter(({ holds }) => !holds).map(({ name }) => name);
}

describe('reconcile', () => {
  it('finds a system at rest sound after two readings', async () => {
    const { clients, readings } = clientsOf({});
    const { results } = await reconcile(clients, PATIENT);
    expect(results.filter(({ holds }) => !holds)).toEqual([]);
    expect(readings()).toBe(2);
  });

  it('reads on until two readings agree', async () => {
    const { clients, readings } = clientsOf({ tradingEvents: [3, 4, 5] });
    const { results } = await reconcile(clients, PATIENT);
    expect(results.filter(({ holds }) => !holds)).toEqual([]);
    expect(readings()).toBe(4);
  });

  it('says so when the system does not come to rest in time', async () => {
    expect(await failing({ liveSagas: 2 })).toEqual(['system-at-rest']);
  });

  it('says so when audit never catches up', async () => {
    expect(await failing({ tradingEvents: [6] })).toEqual(['system-at-rest', 'every-event-audited']);
  });

  it.each([
    ['listFunds', 'risk-funds-equal-ledger'],
    ['listOrderNeeds', 'holds-equal-open-order-needs'],
    ['listLedgerBalances', 'debits-equal-credits'],
    ['listCoverage', 'every-event-audited'],
    ['getAccountRisk', 'holds-equal-open-order-needs'],
    ['checkInvariants', 'every-order-final-or-live'],
  ])('fails what needs %s when it gives no answer', async (call, name) => {
    expect(await failing({ failing: call })).toContain(name);
  });
});
