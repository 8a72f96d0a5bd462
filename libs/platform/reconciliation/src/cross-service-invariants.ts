import type { InvariantResult } from '@clearway/kernel';
import { coverageOf } from './coverage-of';
import { needing } from './needing';
import type { ClearingDump, Position, RiskDump, SystemState, TradingDump } from './system-state';

/** What two or more services must agree upon. */
export function crossServiceInvariants(state: SystemState): InvariantResult[] {
  const { trading, risk, clearing, audit } = state;
  return [
    needing({ trading, risk })('holds-equal-open-order-needs', (dumps) => [
      ...holdsOff(dumps.trading, dumps.risk),
      ...holdCountsOff(dumps.trading, dumps.risk),
    ]),
    needing({ risk, clearing })('risk-funds-equal-ledger', (dumps) => fundsOff(dumps.risk, dumps.clearing)),
    needing({ risk, clearing })('no-negative-balance', (dumps) => negative(dumps.risk, dumps.clearing)),
    needing({ trading, clearing })('fills-applied-once', (dumps) => legsOff(dumps.clearing)),
    needing({ trading, risk, clearing, audit })('every-event-audited', (dumps) =>
      [dumps.trading, dumps.risk, dumps.clearing].flatMap(({ position }) =>
        notAudited(position, dumps.audit.coverage),
      ),
    ),
  ];
}

function holdsOff({ needs }: TradingDump, { funds }: RiskDump): string[] {
  if (funds.length === 0) return ['risk has no funds of any account'];
  const needed = sums(needs.map((need) => [keyOf(need), need.amountMinor]));
  const held = sums(funds.map((each) => [keyOf(each), each.heldForOrdersMinor]));
  return differences(needed, held, (key, need, hold) => `${key}: open orders need ${need}, ${hold} is held`);
}

/** Each open order has one hold, so their numbers agree too: two wrong holds could add up to the right amount. */
function holdCountsOff({ needs }: TradingDump, { openHolds }: RiskDump): string[] {
  const orders = sums(needs.map(({ account, openOrders }) => [account, BigInt(openOrders)]));
  const holds = new Map([...openHolds].map(([account, count]) => [account, BigInt(count)]));
  return differences(
    orders,
    holds,
    (account, open, held) => `${account}: ${open} open orders, ${held} holds`,
  );
}

function fundsOff({ funds }: RiskDump, { accounts }: ClearingDump): string[] {
  const customers = accounts.filter(({ purpose }) => purpose === 'CUSTOMER');
  if (funds.length === 0 && customers.length === 0) return ['neither risk nor clearing has any account'];
  const settled = sums(
    customers.map((account) => [
      `${account.owner} ${account.asset}`,
      account.creditsMinor - account.debitsMinor,
    ]),
  );
  const total = sums(funds.map((each) => [keyOf(each), each.totalMinor]));
  return differences(total, settled, (key, byRisk, byLedger) => `${key}: risk ${byRisk}, ledger ${byLedger}`);
}

function negative({ funds }: RiskDump, { accounts }: ClearingDump): string[] {
  if (funds.length === 0 || accounts.length === 0) return ['there are no balances'];
  const owing = accounts
    .filter((account) => account.purpose === 'CUSTOMER' && account.creditsMinor < account.debitsMinor)
    .map(({ owner, asset, creditsMinor, debitsMinor }) => `${owner} ${asset}: ${creditsMinor - debitsMinor}`);
  const overheld = funds
    .map((each) => ({
      key: keyOf(each),
      total: each.totalMinor,
      held: each.heldForOrdersMinor + each.heldForWithdrawalsMinor,
    }))
    .filter(({ total, held }) => total < 0n || held < 0n || held > total)
    .map(({ key, total, held }) => `${key}: risk has ${total} and holds ${held}`);
  return [...owing, ...overheld];
}

/** Every fill has its buy and its sell leg, once: legs that stand pair up, and both sides settled the same value. */
function legsOff({ settledBuyMinor, settledSellMinor, legsSettled, legsReversed }: ClearingDump): string[] {
  const standing = legsSettled - legsReversed;
  const found = differences(
    settledBuyMinor,
    settledSellMinor,
    (asset, buy, sell) => `${asset}: buys settled ${buy}, sells ${sell}`,
  );
  if (standing < 0) found.push(`${legsReversed} legs are reversed, ${legsSettled} were settled`);
  if (standing % 2 !== 0) found.push(`${standing} legs stand, which do not pair up`);
  const value = [...settledBuyMinor.values()].reduce((sum, minor) => sum + minor, 0n);
  if (value > 0n !== standing > 0) found.push(`${standing} legs stand for a value of ${value}`);
  return found;
}

function notAudited({ shard, nextEvent }: Position, coverage: ReadonlyMap<string, number>): string[] {
  const covered = coverageOf(shard, coverage);
  if (covered === undefined) return [`${shard}: audit does not follow it`];
  return covered === nextEvent ? [] : [`${shard}: ${covered} of ${nextEvent} events are in the tree`];
}

function keyOf({ account, asset }: { readonly account: string; readonly asset: string }): string {
  return `${account} ${asset}`;
}

function sums(entries: readonly (readonly [key: string, minor: bigint])[]): ReadonlyMap<string, bigint> {
  const totals = new Map<string, bigint>();
  for (const [key, minor] of entries) totals.set(key, (totals.get(key) ?? 0n) + minor);
  return totals;
}

function differences(
  left: ReadonlyMap<string, bigint>,
  right: ReadonlyMap<string, bigint>,
  describe: (key: string, left: bigint, right: bigint) => string,
): string[] {
  const keys = [...new Set([...left.keys(), ...right.keys()])].sort();
  return keys.flatMap((key) => {
    const [l, r] = [left.get(key) ?? 0n, right.get(key) ?? 0n];
    return l === r ? [] : [describe(key, l, r)];
  });
}
