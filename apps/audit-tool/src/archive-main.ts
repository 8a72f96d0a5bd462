import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type CommandRun, runCommand, UsageError } from '@clearway/platform-command';
import { Client } from 'pg';
import { archiveBefore, archiveMonths, HOT_DAYS_MIN } from './archive/archive-months';
import { connectAudit, readStack, type StackDescription } from './stack';

const USAGE = `Usage: npm run audit:archive -- --out DIR [options]

Writes every whole month of audit entries that is older than the hot days into a file of its own, verifies the file, and, with
--drop, takes the month out of the database. The files are exports: npm run audit:verify checks them offline for ever.

  --out DIR            where the files go
  --older-than DAYS    default and least ${HOT_DAYS_MIN}
  --drop               drop the months whose files verify
  --database URL       audit's database as the owner of its schema; default CLEARWAY_POSTGRES_OWNER_URL, else the stack's
  --stack FILE         the stack.json of the stack, default .clearway/stack.json
  --json               print one JSON object a month
`;

async function run({ args }: CommandRun): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      out: { type: 'string' },
      'older-than': { type: 'string', default: `${HOT_DAYS_MIN}` },
      drop: { type: 'boolean', default: false },
      database: { type: 'string' },
      stack: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.out === undefined) throw new UsageError('Say where the files shall go: --out DIR.');
  const beforeMicros = beforeOf(values['older-than']);
  const stack = readStack(values.stack);
  const dir = resolve(values.out);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const database = new Client({ connectionString: values.database ?? databaseOf(stack) });
  const client = connectAudit(stack);
  await database.connect();
  try {
    const months = await archiveMonths({ database, client, dir, beforeMicros, drops: values.drop });
    for (const month of months)
      process.stdout.write(
        values.json
          ? `${JSON.stringify(month)}\n`
          : `${month.file}: ${month.entries} entries, leaves ${month.fromLeaf} to ${month.toLeaf - 1}, verified${month.dropped ? ', dropped' : ''}\n`,
      );
    if (months.length === 0)
      process.stderr.write(`no month ended more than ${values['older-than']} days ago\n`);
    return 0;
  } finally {
    client.close();
    await database.end();
  }
}

function beforeOf(days: string): number {
  try {
    return archiveBefore(Date.now(), Number(days));
  } catch (error) {
    throw new UsageError(`--older-than ${days}: ${(error as Error).message}.`);
  }
}

/** In a development stack every service has a database named after it. */
function databaseOf({ postgres }: StackDescription): string {
  const owner = process.env.CLEARWAY_POSTGRES_OWNER_URL;
  if (owner !== undefined) return owner;
  if (postgres === undefined) throw new UsageError("Name audit's database: --database URL.");
  const url = new URL(postgres);
  url.pathname = '/clearway_audit';
  return url.href;
}

runCommand({ name: 'audit:archive', usage: USAGE, run });
