import type { InvariantResult } from '@clearway/kernel';
import type {
  ClearingDump,
  LedgerAccount,
  Position,
  RiskDump,
  SystemState,
  TradingDump,
} from './system-state';

/** An invariant of a service's own that holds. */
export const holding = (name: string): InvariantResult => ({ name, holds: true, detail: '' });

/** One that does not. */
export const broken = (name: string): InvariantResult => ({ name, holds: false, detail: 'order 7 is lost' });

const position = (service: string, nextEvent: number): Position => ({
  shard: `${service}/0`,
  nextEvent,
  liveSagas: 0,
  parkedSagas: 0,
});

/** alice bought 2 AMZN of bob for 100.00 USD, each paid a fee of 0.10; alice has an open buy over 50.00. */
export const trading: TradingDump = {
  position: position('trading', 10),
  needs: [{ account: 'alice.main', asset: 'USD', amountMinor: 5_000n, openOrders: 1 }],
  cashAssets: new Set(['USD']),
};

/** What risk has of the same. */
export const risk: RiskDump = {
  position: position('risk', 20),
  funds: [
    funds('alice.main', 'USD', 39_990n, 5_000n),
    funds('alice.main', 'AMZN', 2n),
    funds('bob.main', 'USD', 9_990n),
    funds('bob.main', 'AMZN', 8n),
  ],
  openHolds: new Map([
    ['alice.main', 1],
    ['bob.main', 0],
  ]),
};

/** What clearing has of the same. */
export const clearing: ClearingDump = {
  position: position('clearing', 30),
  accounts: [
    ledger('alice.main', 'USD', 'CUSTOMER', 10_010n, 50_000n),
    ledger('alice.main', 'AMZN', 'CUSTOMER', 0n, 2n),
    ledger('bob.main', 'USD', 'CUSTOMER', 10n, 10_000n),
    ledger('bob.main', 'AMZN', 'CUSTOMER', 2n, 10n),
    ledger('house', 'USD', 'CCP', 10_000n, 10_000n),
    ledger('house', 'AMZN', 'CCP', 2n, 2n),
    ledger('house', 'USD', 'FEES', 0n, 20n),
    ledger('house', 'USD', 'NOSTRO', 50_000n, 0n),
    ledger('house', 'AMZN', 'NOSTRO', 10n, 0n),
  ],
  settledBuyMinor: new Map([['USD', 10_000n]]),
  settledSellMinor: new Map([['USD', 10_000n]]),
  legsSettled: 2,
  legsReversed: 0,
};

const audit = {
  coverage: new Map([
    ['trading/0', 10],
    ['risk/0', 20],
    ['clearing/0', 30],
  ]),
  treeSize: 60,
};

/** Funds of an account, in minor units. */
export function funds(account: string, asset: string, totalMinor: bigint, heldForOrdersMinor = 0n) {
  return { account, asset, totalMinor, heldForOrdersMinor, heldForWithdrawalsMinor: 0n };
}

/** A ledger account and what was posted to it, in minor units. */
export function ledger(
  owner: string,
  asset: string,
  purpose: LedgerAccount['purpose'],
  debitsMinor: bigint,
  creditsMinor: bigint,
): LedgerAccount {
  return { owner, asset, purpose, debitsMinor, creditsMinor };
}

/** What of the sound system is to be otherwise. */
export interface Plant {
  readonly trading?: Partial<TradingDump>;
  readonly risk?: Partial<RiskDump>;
  readonly clearing?: Partial<ClearingDump>;
  readonly coverage?: ReadonlyMap<string, number>;
  readonly own?: Partial<SystemState['own']>;
  readonly unrest?: readonly string[];
}

/** The sound system, but for what is planted. */
export function systemWith(plant: Plant = {}): SystemState {
  return {
    trading: { ok: true, value: { ...trading, ...plant.trading } },
    risk: { ok: true, value: { ...risk, ...plant.risk } },
    clearing: { ok: true, value: { ...clearing, ...plant.clearing } },
    audit: { ok: true, value: { ...audit, coverage: plant.coverage ?? audit.coverage } },
    own: {
      trading: {
        ok: true,
        value: [holding('every-order-final-or-live'), holding('replay-gives-live-state')],
      },
      risk: { ok: true, value: [holding('held-equals-holds')] },
      clearing: { ok: true, value: [holding('no-customer-overdrawn')] },
      audit: { ok: true, value: [holding('coverage-contiguous')] },
      ...plant.own,
    },
    unrest: plant.unrest ?? [],
  };
}

/** The ledger with one account changed. */
export function replacing(
  owner: string,
  asset: string,
  change: Partial<LedgerAccount>,
  purpose = 'CUSTOMER',
) {
  const isMeant = (account: LedgerAccount): boolean =>
    account.owner === owner && account.asset === asset && account.purpose === purpose;
  return clearing.accounts.map((account) => (isMeant(account) ? { ...account, ...change } : account));
}

/** Risk's funds with one account changed. */
export function replacingFunds(account: string, asset: string, change: Partial<RiskDump['funds'][number]>) {
  return risk.funds.map((each) =>
    each.account === account && each.asset === asset ? { ...each, ...change } : each,
  );
}
