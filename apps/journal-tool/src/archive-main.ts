/** `npm run journal:archive -- --to DIR`: old batches of the journals into files, and out of the databases. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type CommandRun, runCommand, UsageError } from '@clearway/platform-command';
import { archiveShard } from './archive-shard';
import { auditedEvents, SERVICES, shardsOf, stackOf, withDatabase } from './journal-databases';

const OLDER_THAN_DAYS = '30';
const DAY_MS = 86_400_000;
const USAGE = `Usage: npm run journal:archive -- --to DIR [options]

Writes the oldest batches of the journals of ${SERVICES.join(', ')} into compressed files, each read back and verified, and, with --drop, takes
them out of the databases. Only what is older than the oldest kept snapshot and has been passed by every read model and by audit.
The services may run meanwhile. Put them back with npm run journal:unarchive, for example before npm run state:rebuild.

  --to DIR            where the files go
  --older-than DAYS   default ${OLDER_THAN_DAYS}
  --drop              delete from the databases what is in the files
  --stack FILE        the stack.json of the stack, default .clearway/stack.json
`;

async function main({ args }: CommandRun): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      to: { type: 'string' },
      'older-than': { type: 'string', default: OLDER_THAN_DAYS },
      drop: { type: 'boolean', default: false },
      stack: { type: 'string' },
    },
  });
  if (values.to === undefined) throw new UsageError('say where the files shall go: --to DIR');
  const days = Number(values['older-than']);
  if (!(days >= 0)) throw new UsageError(`--older-than ${values['older-than']} is no number of days`);
  const wishes = {
    dir: resolve(values.to),
    before: new Date(Date.now() - days * DAY_MS),
    drops: values.drop,
  };
  const stack = stackOf(values.stack);
  const audited = await auditedEvents(stack);
  for (const service of SERVICES) {
    await withDatabase(stack, service, async (database) => {
      for (const shard of await shardsOf(database)) {
        const segments = await archiveShard({
          ...wishes,
          database,
          shard,
          auditedEvents: audited.get(shard) ?? 0,
        });
        for (const { file, batches, firstEvent, nextEvent, dropped } of segments)
          console.log(
            `${file}: ${batches} batches, events ${firstEvent} to ${nextEvent - 1}, verified${dropped ? ', dropped' : ''}`,
          );
        if (segments.length === 0) console.error(`${shard}: nothing that is old enough and needed by nobody`);
      }
    });
  }
  return 0;
}

runCommand({ name: 'journal:archive', usage: USAGE, run: main });
