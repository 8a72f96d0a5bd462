import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { type CommandRun, runCommand, UsageError } from '@clearway/platform-command';
import { SIEM_FORMATS, type SiemFormat } from './export/siem-lines';
import { writeExport } from './export/write-export';
import { writeSiem } from './export/write-siem';
import { connectAudit, readStack } from './stack';
import { readOlderCheckpoints } from './verify/older-checkpoints';

const USAGE = `Usage: npm run audit:export -- [options]

Exports the audit log of a running stack into one file that npm run audit:verify checks offline.

  --out FILE           default audit-export.jsonl; for the line formats default is standard output
  --from T, --to T     only what was recorded from T on, before T: 2026-11-22, 2026-11-22T09:00Z, or microseconds
  --checkpoint PATH    prove that the log leads to these older checkpoints, too; may be given often
  --format FORMAT      proof (default), or lines for a SIEM: json, cef, syslog. These may be narrowed by
                       --account, --order, --participant, --actor, --resource, --action, --trace, --shard
  --stack FILE         the stack.json of the stack, default .clearway/stack.json
`;

const TEXT = { type: 'string' } as const;
const OPTIONS = {
  out: TEXT,
  from: TEXT,
  to: TEXT,
  checkpoint: { type: 'string', multiple: true },
  format: TEXT,
  account: TEXT,
  order: TEXT,
  participant: TEXT,
  actor: TEXT,
  resource: TEXT,
  action: TEXT,
  trace: TEXT,
  shard: TEXT,
  stack: TEXT,
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

async function run({ args }: CommandRun): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const { format = 'proof' } = values;
  const siemFormat = SIEM_FORMATS.find((known) => known === format);
  if (siemFormat === undefined && format !== 'proof') throw new UsageError(`There is no format ${format}.`);
  const times = { fromMicros: microsOf('--from', values.from), toMicros: microsOf('--to', values.to) };
  const client = connectAudit(readStack(values.stack));
  try {
    return siemFormat === undefined
      ? await proof(client, values, times)
      : await siem(client, siemFormat, values, times);
  } finally {
    client.close();
  }
}

interface Times {
  readonly fromMicros: number;
  readonly toMicros: number;
}

async function proof(client: ReturnType<typeof connectAudit>, values: Values, times: Times): Promise<number> {
  const { out = 'audit-export.jsonl', checkpoint = [] } = values;
  const older = (await Promise.all(checkpoint.map(readOlderCheckpoints))).flat();
  const { fromLeaf, toLeaf, treeSize, bytes } = await writeExport(client, out, {
    fromLeaf: 0,
    toLeaf: 0,
    ...times,
    older,
  });
  process.stderr.write(
    `${out}: ${toLeaf - fromLeaf} entries, leaves ${fromLeaf} to ${toLeaf - 1} of ${treeSize}, ${bytes} bytes\n`,
  );
  return 0;
}

async function siem(
  client: ReturnType<typeof connectAudit>,
  format: SiemFormat,
  values: Values,
  times: Times,
): Promise<number> {
  const output = values.out === undefined ? process.stdout : createWriteStream(values.out, { mode: 0o600 });
  const {
    account = '',
    order = '',
    participant = '',
    actor = '',
    resource = '',
    action = '',
    trace = '',
    shard = '',
  } = values;
  const search = { account, order, participant, actor, resource, action, traceId: trace, shard, ...times };
  const written = await writeSiem(client, format, search, async (text) => {
    if (!output.write(text)) await once(output, 'drain');
  });
  if (output !== process.stdout) {
    output.end();
    await once(output, 'close');
  }
  process.stderr.write(`${written} entries\n`);
  return 0;
}

function microsOf(option: string, text: string | undefined): number {
  if (text === undefined) return 0;
  const micros = /^\d{12,16}$/.test(text) ? Number(text) : Date.parse(text) * 1_000;
  if (!Number.isSafeInteger(micros) || micros < 0) throw new UsageError(`${option} ${text} is no time.`);
  return micros;
}

runCommand({ name: 'audit:export', usage: USAGE, run });
