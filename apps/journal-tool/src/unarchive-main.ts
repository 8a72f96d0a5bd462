/** `npm run journal:unarchive -- --from DIR SERVICE…`: archived batches back into the journals. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type CommandRun, runCommand, UsageError } from '@clearway/platform-command';
import { SERVICES, shardsOf, stackOf, withDatabase } from './journal-databases';
import { unarchiveShard } from './unarchive-shard';

const USAGE = `Usage: npm run journal:unarchive -- --from DIR [SERVICE...] [options]

Puts archived batches back into the journals of the services named, or of all. Each file is verified first.

  --from DIR     the folder that npm run journal:archive wrote to
  --stack FILE   the stack.json of the stack, default .clearway/stack.json
`;

async function main({ args }: CommandRun): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { from: text, stack: text },
    allowPositionals: true,
  });
  if (values.from === undefined) throw new UsageError('name the folder with the files: --from DIR');
  const dir = resolve(values.from);
  const unknown = positionals.find((name) => !SERVICES.some((service) => service === name));
  if (unknown !== undefined) throw new UsageError(`${unknown} is none of ${SERVICES.join(', ')}`);
  const stack = stackOf(values.stack);
  for (const service of SERVICES.filter((name) => positionals.length === 0 || positionals.includes(name))) {
    await withDatabase(stack, service, async (database) => {
      for (const shard of await shardsOf(database)) {
        if (!existsSync(join(dir, shard.replace('/', '-')))) continue;
        console.log(`${shard}: ${await unarchiveShard(database, shard, dir)} batches put back`);
      }
    });
  }
  return 0;
}

runCommand({ name: 'journal:unarchive', usage: USAGE, run: main });
