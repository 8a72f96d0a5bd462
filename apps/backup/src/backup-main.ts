/**
 * `npm run backup -- --to DIR [--mark NAME]`: a base backup of a running stack's Postgres, or a named moment to restore to.
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type CommandRun, runCommand, UsageError } from '@clearway/platform-command';
import { createPool } from '@clearway/platform-postgres';
import { readStackFile } from '@clearway/platform-stack';
import { takeBaseBackup } from './base-backup';
import { setRestoreMark } from './restore-mark';

const USAGE = `Usage: npm run backup -- --to DIR [options]

Takes a base backup of all databases of a running stack while it works. The stack must archive its write-ahead log into the same
folder: npm start -- --archive-to DIR. With both, npm run restore reaches any later moment.

  --to DIR       the backup folder
  --mark NAME    no base backup: name this moment, for npm run restore -- --mark NAME
  --stack FILE   the stack.json of the stack, default .clearway/stack.json
`;
const CHECKOUT = join(__dirname, '..', '..', '..');

async function main(run: CommandRun): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...run.args],
    options: { to: text, mark: text, stack: text },
  });
  if (values.to === undefined) throw new UsageError('name the backup folder: --to DIR');
  const { postgres } = readStackFile(values.stack ?? join(CHECKOUT, '.clearway', 'stack.json'));
  if (postgres === undefined) throw new Error('the stack.json names no Postgres');
  const backupDir = resolve(values.to);
  if (values.mark !== undefined) {
    const { name, at, lsn } = await setRestoreMark(postgres, backupDir, values.mark);
    console.log(`${name}: ${at}, position ${lsn}`);
    return 0;
  }
  const pool = createPool(postgres, { max: 1, applicationName: 'backup', statementTimeoutMs: 0 });
  try {
    const { dir, manifest } = await takeBaseBackup(pool, backupDir, run.signal);
    console.log(`${dir}: ${manifest.files} files, ${manifest.bytes} bytes, whole at ${manifest.takenAt}`);
  } finally {
    await pool.end();
  }
  return 0;
}

runCommand({ name: 'backup', usage: USAGE, run: main });
