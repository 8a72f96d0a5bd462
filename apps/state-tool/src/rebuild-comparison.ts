import { z } from '@clearway/platform-config';

const table = z.object({ table: z.string(), rows: z.number(), missing: z.number(), surplus: z.number() });

const report = z.object({
  shard: z.string(),
  nextEvent: z.number(),
  stateHash: z.string().regex(/^[0-9a-f]{64}$/),
  seconds: z.number(),
  readModels: z.array(z.object({ name: z.string(), nextEvent: z.number(), tables: z.array(table) })),
});

/** What the rebuilding process says. */
export type RebuildReport = z.infer<typeof report>;

/** The state that serves, as its service hashed it. */
export interface LiveState {
  readonly nextEvent: number;
  readonly stateHash: string;
}

/** A rebuilt service beside the live one. */
export interface RebuildComparison {
  readonly live: LiveState;
  readonly rebuilt: RebuildReport;
  /** What differs, in words; empty when nothing does. */
  readonly differences: readonly string[];
}

/** Reads what a rebuilding process printed: its last line. Throws when that is no report. */
export function parseReport(output: string): RebuildReport {
  return report.parse(JSON.parse(output.trim().split('\n').at(-1) ?? ''));
}

/** Says what differs between the live service and the rebuilt one. */
export function compare(live: LiveState, rebuilt: RebuildReport): RebuildComparison {
  const differences: string[] = [];
  if (rebuilt.nextEvent !== live.nextEvent)
    differences.push(
      `the rebuild ended at event ${rebuilt.nextEvent}, the live state is of ${live.nextEvent}`,
    );
  else if (rebuilt.stateHash !== live.stateHash)
    differences.push(`state: rebuilt ${rebuilt.stateHash}, live ${live.stateHash}`);
  for (const { name, tables } of rebuilt.readModels)
    for (const { table: tableName, missing, surplus } of tables)
      if (missing + surplus > 0)
        differences.push(`read model ${name}, ${tableName}: ${missing} rows missing, ${surplus} too many`);
  return { live, rebuilt, differences };
}

/** Writes a comparison for people. */
export function comparisonText({ live, rebuilt, differences }: RebuildComparison): string {
  const lines = [
    `${rebuilt.shard}: ${rebuilt.nextEvent} events replayed in another process, ${rebuilt.seconds} s with read models`,
    `  state      live    ${live.stateHash}`,
    `             rebuilt ${rebuilt.stateHash}`,
    ...rebuilt.readModels.flatMap(({ name, nextEvent, tables }) => [
      `  read model ${name}, up to event ${nextEvent}`,
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
