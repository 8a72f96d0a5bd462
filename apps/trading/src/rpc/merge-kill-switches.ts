import type { trading } from '@clearway/contracts';

interface KillSwitchAnswer {
  readonly killSwitch?: trading.KillSwitch | undefined;
}

/** A kill switch that every shard has engaged: proven when all have proven it, its cancelled orders added up. */
export function mergedKillSwitch(answers: readonly KillSwitchAnswer[]): {
  killSwitch: trading.KillSwitch | undefined;
} {
  const switches = answers.flatMap(({ killSwitch }) => (killSwitch === undefined ? [] : [killSwitch]));
  return { killSwitch: merged(switches) };
}

/** The engaged kill switches of all shards, each scope once. */
export function mergedKillSwitches(
  answers: readonly trading.ListKillSwitchesResponse[],
): trading.ListKillSwitchesResponse {
  const byScope = new Map<string, trading.KillSwitch[]>();
  for (const each of answers.flatMap(({ killSwitches }) => killSwitches)) {
    const key = JSON.stringify(each.scope);
    byScope.set(key, [...(byScope.get(key) ?? []), each]);
  }
  return { killSwitches: [...byScope.values()].flatMap((switches) => merged(switches) ?? []) };
}

function merged(switches: readonly trading.KillSwitch[]): trading.KillSwitch | undefined {
  const [first] = switches;
  if (first === undefined) return undefined;
  const provenAt = switches.map(({ provenAtMicros }) => provenAtMicros);
  return {
    ...first,
    engagedAtMicros: Math.min(...switches.map(({ engagedAtMicros }) => engagedAtMicros)),
    provenAtMicros: provenAt.includes(0) ? 0 : Math.max(...provenAt),
    canceledOrders: switches.reduce((sum, { canceledOrders }) => sum + canceledOrders, 0),
    releaseRequestedBy: switches.find((each) => each.releaseRequestedBy !== '')?.releaseRequestedBy ?? '',
  };
}
