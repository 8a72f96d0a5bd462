import { type CommandRun, EXIT_STATUS, runCommand, UsageError } from '@clearway/platform-command';
import { ensureDevelopmentPki } from '@clearway/platform-pki';
import { loadDatabaseSettings } from './config';
import { provisionDatabases } from './databases';
import { isServing } from './health';
import { IDENTITIES } from './identities';

const USAGE = `Usage: provision databases           create every service's database and roles
       provision certificates DIR    have a development CA and certificates in a folder
       provision health HOST:PORT    exit 0 if the process there takes calls, 1 if not
`;

async function main({ args: [command, argument] }: CommandRun): Promise<number> {
  if (command === 'databases') {
    const created = await provisionDatabases(loadDatabaseSettings(process.env));
    process.stdout.write(`${created.map(({ database }) => database).join(', ')}: ready\n`);
    return 0;
  }
  if (command === 'certificates' && argument !== undefined) {
    const paths = await ensureDevelopmentPki(argument, IDENTITIES);
    process.stdout.write(`${paths.size} certificates in ${argument}\n`);
    return 0;
  }
  if (command === 'health' && argument !== undefined)
    return (await isServing(argument)) ? EXIT_STATUS.ok : EXIT_STATUS.failed;
  throw new UsageError('say what to provision: databases, certificates DIR or health HOST:PORT');
}

runCommand({ name: 'provision', usage: USAGE, run: main });
