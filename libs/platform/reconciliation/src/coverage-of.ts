/**
 * How many events of a journal position are in audit's tree: `trading/0` for one shard, `trading/*` for a service whose shards'
 * positions were added up. Undefined when audit follows none of them.
 */
export function coverageOf(shard: string, coverage: ReadonlyMap<string, number>): number | undefined {
  if (!shard.endsWith('/*')) return coverage.get(shard);
  const own = [...coverage].filter(([each]) => each.startsWith(shard.slice(0, -1)));
  return own.length === 0 ? undefined : own.reduce((sum, [, events]) => sum + events, 0);
}
