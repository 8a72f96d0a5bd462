import { type InvariantResult, invariant } from '@clearway/kernel';
import { availableMinor } from './funds-book';
import { heldAsset, needMinor } from './hold';
import type { RiskState } from './risk-state';

/** The holds of each account and asset add up to what is held for orders there. */
export function heldEqualsHolds(state: RiskState): InvariantResult {
  const needs = new Map<string, bigint>();
  for (const hold of state.holds.values()) {
    const key = `${hold.account} ${heldAsset(hold)}`;
    needs.set(key, (needs.get(key) ?? 0n) + needMinor(hold));
  }
  const violations = state.funds.entries().flatMap(({ account, asset, heldForOrdersMinor }) => {
    const need = needs.get(`${account} ${asset}`) ?? 0n;
    needs.delete(`${account} ${asset}`);
    return need === heldForOrdersMinor
      ? []
      : [`${account} ${asset}: held ${heldForOrdersMinor}, holds ${need}`];
  });
  const without = [...needs].map(([key, need]) => `${key}: holds ${need} without funds`);
  return invariant('held-equals-holds', [...violations, ...without]);
}

/** No account has promised more of an asset than it has, and nothing held is negative. */
export function availableNeverNegative(state: RiskState): InvariantResult {
  const violations = state.funds
    .entries()
    .filter(
      (funds) =>
        availableMinor(funds) < 0n || funds.heldForOrdersMinor < 0n || funds.heldForWithdrawalsMinor < 0n,
    );
  return invariant(
    'available-never-negative',
    violations.map((funds) => `${funds.account} ${funds.asset}: available ${availableMinor(funds)}`),
  );
}

/** No account owes an asset. */
export function noNegativeTotal(state: RiskState): InvariantResult {
  const violations = state.funds.entries().filter(({ totalMinor }) => totalMinor < 0n);
  return invariant(
    'no-negative-total',
    violations.map(({ account, asset, totalMinor }) => `${account} ${asset}: total ${totalMinor}`),
  );
}

/** Evaluates every named invariant of risk. It is pure and takes time in proportion to accounts and holds. */
export function checkRiskInvariants(state: RiskState): InvariantResult[] {
  return [heldEqualsHolds(state), availableNeverNegative(state), noNegativeTotal(state)];
}
