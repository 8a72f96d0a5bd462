import { clearing } from '@clearway/contracts';
import { feedRoutes, invariantRoutes, mergedPosition, sagaRoutes } from '@clearway/platform-service';
import { routesOf, type ServiceRoutes, type ShardTarget } from '@clearway/platform-sharding';

const byAccount = {
  target: ({ account }: { readonly account: string }): ShardTarget => ({ key: account }),
} as const;

/** Which shard each call is for: accounts are spread by their id, and each shard has an account of the house of its own. */
export const clearingRoutes: readonly ServiceRoutes[] = [
  routesOf(clearing.ClearingServiceService, {
    deposit: byAccount,
    withdraw: byAccount,
    getTransfer: byAccount,
    getBalances: byAccount,
    listPostings: byAccount,
  }),
  routesOf(clearing.ClearingAdminServiceService, {
    freezeAccount: byAccount,
    unfreezeAccount: byAccount,
    listLedgerBalances: { target: () => 'every', merge: mergedLedger },
  }),
  routesOf(clearing.ClearingStepServiceService, { executeSteps: { target: () => 'named' } }),
  sagaRoutes('clearing'),
  invariantRoutes,
  feedRoutes('clearing'),
];

/** One ledger over all shards: accounts of the house, which every shard has, are added up. */
export function mergedLedger(
  answers: readonly clearing.ListLedgerBalancesResponse[],
): clearing.ListLedgerBalancesResponse {
  const balances = new Map<string, clearing.LedgerBalance>();
  for (const each of answers.flatMap((answer) => answer.balances)) {
    const key = `${each.owner} ${each.asset} ${each.purpose}`;
    const before = balances.get(key);
    const debitsMinor = (before?.debitsMinor ?? 0n) + each.debitsMinor;
    const creditsMinor = (before?.creditsMinor ?? 0n) + each.creditsMinor;
    balances.set(key, { ...each, debitsMinor, creditsMinor });
  }
  const sum = (of: (answer: clearing.ListLedgerBalancesResponse) => number): number =>
    answers.reduce((total, answer) => total + of(answer), 0);
  return {
    position: mergedPosition(answers.map(({ position }) => position)),
    balances: [...balances.values()],
    settledBuyMinor: summed(answers.map(({ settledBuyMinor }) => settledBuyMinor)),
    settledSellMinor: summed(answers.map(({ settledSellMinor }) => settledSellMinor)),
    legsSettled: sum(({ legsSettled }) => legsSettled),
    legsReversed: sum(({ legsReversed }) => legsReversed),
  };
}

function summed(parts: readonly Readonly<Record<string, bigint>>[]): Record<string, bigint> {
  const totals: Record<string, bigint> = {};
  for (const part of parts)
    for (const [asset, minor] of Object.entries(part)) totals[asset] = (totals[asset] ?? 0n) + minor;
  return totals;
}
