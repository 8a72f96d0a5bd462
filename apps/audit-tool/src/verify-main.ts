import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type CommandRun, runCommand, UsageError } from '@clearway/platform-command';
import { linesOfFile } from './file/line-reader';
import { readOlderCheckpoints } from './verify/older-checkpoints';
import { verificationText } from './verify/verification-text';
import { verifyExport } from './verify/verify-export';

const USAGE = `Usage: npm run audit:verify -- FILE [options]

Checks an export of the audit log without any connection: signature, leaf hashes, root, the order of every source, proofs.
It names the first entry that was changed, taken out, put in or moved. Exit status: 0 genuine, 1 not, 2 could not be said.

  --key KEY            the log's verifier key, or a file with it (published as verifier-key beside the checkpoints);
                       without it the file's own key is used, which does not show who signed it
  --checkpoint PATH    an older checkpoint, a log of them, or a folder of such logs, kept elsewhere; may be given often
  --json               print the outcome as one JSON object
`;

/** 1 is kept for a log that is not genuine. */
const NOT_DONE = 2;

async function verify({ args }: CommandRun): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      key: { type: 'string' },
      checkpoint: { type: 'string', multiple: true },
      json: { type: 'boolean' },
    },
  });
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw new UsageError('Name one file to verify.');
  const older = (await Promise.all((values.checkpoint ?? []).map(readOlderCheckpoints))).flat();
  const verifierKey = values.key === undefined ? undefined : await readKey(values.key);
  const options = verifierKey === undefined ? { older } : { older, verifierKey };
  const outcome = await verifyExport(linesOfFile(file), options);
  process.stdout.write(
    values.json === true ? `${JSON.stringify(outcome)}\n` : verificationText(file, outcome),
  );
  return outcome.findings.length === 0 ? 0 : 1;
}

/** A key has plus signs in it; what has none is a file. */
async function readKey(key: string): Promise<string> {
  return key.includes('+') ? key : (await readFile(key, 'utf8')).trim();
}

runCommand({ name: 'audit:verify', usage: USAGE, run: verify, failedStatus: NOT_DONE });
