import { ensureDevelopmentPki } from '@clearway/platform-pki';
import { loadDatabaseSettings } from './config';
import { provisionDatabases } from './databases';
import { isServing } from './health';
import { IDENTITIES } from './identities';

const USAGE = `Usage: provision databases           create every service's database and roles
       provision certificates DIR    have a development CA and certificates in a folder
       provision health HOST:PORT    exit 0 if the process there takes calls, 1 if not
`;
const FAILED_EXIT_STATUS = 1;
const USAGE_EXIT_STATUS = 64;

async function main([command, argument]: readonly string[]): Promise<number> {
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
    return (await isServing(argument)) ? 0 : FAILED_EXIT_STATUS;
  process.stderr.write(USAGE);
  return USAGE_EXIT_STATUS;
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    // Only the message: pg hangs the whole client, keys included, on the error.
    process.stderr.write(`provision: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = FAILED_EXIT_STATUS;
  },
);
