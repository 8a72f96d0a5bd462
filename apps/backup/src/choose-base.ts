import type { RestoreTarget } from '@clearway/platform-postgres';
import { type Base, listBases, listMarks } from './backup-folder';

/**
 * The newest base backup that was whole before the target. Throws with a sentence for people when there is none, or no such
 * mark.
 */
export async function chooseBase(backupDir: string, target: RestoreTarget): Promise<Base> {
  const untilIso = await timeOf(backupDir, target);
  const bases = await listBases(backupDir);
  const found = bases.findLast(({ manifest }) => untilIso === undefined || manifest.takenAt <= untilIso);
  if (found !== undefined) return found;
  const oldest = bases[0]?.manifest.takenAt;
  throw new Error(
    oldest === undefined
      ? `${backupDir} has no whole base backup`
      : `the oldest base backup of ${backupDir} was whole at ${oldest}, after the moment to restore to`,
  );
}

async function timeOf(backupDir: string, target: RestoreTarget): Promise<string | undefined> {
  if (target.kind === 'end') return undefined;
  if (target.kind === 'time') return target.time;
  const marks = await listMarks(backupDir);
  const mark = marks.find(({ name }) => name === target.name);
  if (mark !== undefined) return mark.at;
  const known = marks.map(({ name }) => name).join(', ');
  throw new Error(`there is no mark ${target.name}; known are: ${known === '' ? 'none' : known}`);
}
