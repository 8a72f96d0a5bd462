/** `npm run restore -- --from DIR --state-dir NEW [--mark NAME | --time T]`: all databases at one earlier moment, in a new folder. */
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type CommandRun, runCommand, UsageError } from '@clearway/platform-command';
import { type RestoreTarget, restoreCluster } from '@clearway/platform-postgres';
import { chooseBase } from './choose-base';
import { makeNewFolder } from './new-folder';

const USAGE = `Usage: npm run restore -- --from DIR --state-dir NEW [options]

Restores every database of a backup to one moment in a new state folder; then: npm start -- --state-dir NEW. The newest base backup
before the moment is taken and the archived log replayed from there. Keys are no part of a backup: they are copied from the old
state folder.

  --from DIR       the backup folder
  --state-dir NEW  the state folder to make
  --mark NAME      restore to this mark (npm run backup -- --mark NAME)
  --time T         restore to this time, for example 2026-11-22T09:00:00Z; without mark or time as far as the log goes
  --keys-from DIR  the state folder to copy certificates and audit's signing key from, default .clearway
`;
const CHECKOUT = join(__dirname, '..', '..', '..');
const KEYS = ['pki', 'audit-signing.key'];

async function main(run: CommandRun): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...run.args],
    options: {
      from: text,
      'state-dir': text,
      mark: text,
      time: text,
      'keys-from': text,
    },
  });
  const { from, 'state-dir': wanted } = values;
  if (from === undefined || wanted === undefined)
    throw new UsageError('name the backup folder and the folder to make: --from DIR --state-dir NEW');
  const target = targetOf(values.mark, values.time);
  const backupDir = resolve(from);
  const stateDir = resolve(wanted);
  const takeBack = await makeNewFolder(stateDir);
  try {
    const base = await chooseBase(backupDir, target);
    await copyKeys(resolve(values['keys-from'] ?? join(CHECKOUT, '.clearway')), stateDir);
    const log = { debug: () => undefined, info: console.error, warn: console.error };
    const dataDir = join(stateDir, 'postgres');
    await restoreCluster({ backupDir, baseDir: base.dir, dataDir, target, log, signal: run.signal });
    console.log(
      `restored from ${base.dir} to ${describe(target)}; now: npm start -- --state-dir ${stateDir}`,
    );
    return 0;
  } catch (error) {
    await takeBack();
    throw error;
  }
}

function targetOf(mark: string | undefined, time: string | undefined): RestoreTarget {
  if (mark !== undefined && time !== undefined) throw new UsageError('--mark or --time, not both');
  if (mark !== undefined) return { kind: 'mark', name: mark };
  if (time === undefined) return { kind: 'end' };
  const parsed = new Date(time);
  if (Number.isNaN(parsed.getTime()))
    throw new UsageError(`--time ${time} is no time: write it as 2026-11-22T09:00:00Z`);
  return { kind: 'time', time: parsed.toISOString() };
}

function describe(target: RestoreTarget): string {
  if (target.kind === 'mark') return `the mark ${target.name}`;
  return target.kind === 'time' ? target.time : 'the end of the archived log';
}

async function copyKeys(from: string, to: string): Promise<void> {
  for (const name of KEYS) {
    if (!existsSync(join(from, name)))
      throw new Error(`${join(from, name)} is missing: name the state folder with the keys by --keys-from`);
  }
  for (const name of KEYS) await cp(join(from, name), join(to, name), { recursive: true });
}

runCommand({ name: 'restore', usage: USAGE, run: main });
