import { z } from '@clearway/platform-config';

const table = z.object({ table: z.string(), rows: z.number(), missing: z.number(), surplus: z.number() });

const rebuiltShard = z.object({
  shard: z.string(),
  nextEvent: z.number(),
  stateHash: z.string().regex(/^[0-9a-f]{64}$/),
});

const report = z.object({
  shards: z.array(rebuiltShard),
  seconds: z.number(),
  readModels: z.array(z.object({ name: z.string(), nextEvent: z.number(), tables: z.array(table) })),
});

/** What the rebuilding process says. */
export type RebuildReport = z.infer<typeof report>;

/** The state of a shard that serves, as its service hashed it. */
export interface LiveState {
  /** For example `risk/1`. */
  readonly shard: string;
  readonly nextEvent: number;
  readonly stateHash: string;
}

/** A rebuilt service beside the live one. */
export interface RebuildComparison {
  readonly live: readonly LiveState[];
  readonly rebuilt: RebuildReport;
  /** What differs, in words; empty when nothing does. */
  readonly differences: readonly string[];
}

/** Reads what a rebuilding process printed: its last line. Throws when that is no report. */
export function parseReport(output: string): RebuildReport {
  return report.parse(JSON.parse(output.trim().split('\n').at(-1) ?? ''));
}

/** Says what differs between the live service and the rebuilt one. */
export function compare(live: readonly LiveState[], rebuilt: RebuildReport): RebuildComparison {
  const differences = live.flatMap((state) => differencesOf(state, rebuilt));
  for (const { name, tables } of rebuilt.readModels)
    for (const { table: tableName, missing, surplus } of tables)
      if (missing + surplus > 0)
        differences.push(`read model ${name}, ${tableName}: ${missing} rows missing, ${surplus} too many`);
  return { live, rebuilt, differences };
}

function differencesOf({ shard, nextEvent, stateHash }: LiveState, { shards }: RebuildReport): string[] {
  const rebuilt = shards.find((each) => each.shard === shard);
  if (rebuilt === undefined) return [`${shard} was not rebuilt`];
  if (rebuilt.nextEvent !== nextEvent)
    return [`${shard}: the rebuild ended at event ${rebuilt.nextEvent}, the live state is of ${nextEvent}`];
  return rebuilt.stateHash === stateHash
    ? []
    : [`state of ${shard}: rebuilt ${rebuilt.stateHash}, live ${stateHash}`];
}

/** Writes a comparison for people. */
export function comparisonText({ live, rebuilt, differences }: RebuildComparison): string {
  const lines = [
    ...rebuilt.shards.flatMap(({ shard, nextEvent, stateHash }) => [
      `${shard}: ${nextEvent} events replayed in another process`,
      `  state      live    ${live.find((each) => each.shard === shard)?.stateHash ?? '–'}`,
      `             rebuilt ${stateHash}`,
    ]),
    `${rebuilt.seconds} s with the read models of all shards`,
    ...rebuilt.readModels.flatMap(({ name, nextEvent, tables }) => [
      `  read model ${name}, of ${nextEvent} events`,
      ...tables.map(({ table: tableName, rows, missing, surplus }) => {
        const verdict = missing + surplus === 0 ? 'equal' : `${missing} missing, ${surplus} too many`;
        return `    ${tableName.padEnd(28)}${`${rows}`.padStart(10)} rows  ${verdict}`;
      }),
    ]),
    ...differences.map((difference) => `DIFFERS ${difference}`),
    ...(differences.length === 0 ? ['EQUAL'] : []),
  ];
  return `${lines.join('\n')}\n`;
}
