import { existsSync } from 'node:fs';
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a base backup says of itself; written last, so that one without it is not whole. */
export interface BaseManifest {
  /** When it was whole: a restore can reach this moment and any later one. ISO 8601. */
  readonly takenAt: string;
  /** Position in the write-ahead log that a restore must reach at least, as Postgres writes it. */
  readonly stopLsn: string;
  readonly files: number;
  readonly bytes: number;
}

/** A named moment that can be restored to. */
export interface Mark {
  readonly name: string;
  readonly at: string;
  readonly lsn: string;
}

/** A whole base backup and its folder. */
export interface Base {
  readonly dir: string;
  readonly manifest: BaseManifest;
}

/** File of a base backup that says when it was whole. */
export const MANIFEST_FILE = 'manifest.json';
const MARKS_FILE = 'marks.jsonl';
const BASE_PREFIX = 'base-';

/** The folder that a base backup taken at this time gets. */
export function baseDirAt(backupDir: string, takenAt: Date): string {
  return join(backupDir, `${BASE_PREFIX}${takenAt.toISOString().replaceAll(':', '')}`);
}

/** Every whole base backup of the folder, oldest first. */
export async function listBases(backupDir: string): Promise<readonly Base[]> {
  const names = (await readdir(backupDir)).filter((name) => name.startsWith(BASE_PREFIX)).sort();
  const whole = names
    .map((name) => join(backupDir, name))
    .filter((dir) => existsSync(join(dir, MANIFEST_FILE)));
  const read = async (dir: string): Promise<Base> => ({
    dir,
    manifest: JSON.parse(await readFile(join(dir, MANIFEST_FILE), 'utf8')) as BaseManifest,
  });
  return Promise.all(whole.map(read));
}

/** Remembers a mark. */
export async function addMark(backupDir: string, mark: Mark): Promise<void> {
  await appendFile(join(backupDir, MARKS_FILE), `${JSON.stringify(mark)}\n`);
}

/** Every mark of the folder, oldest first. */
export async function listMarks(backupDir: string): Promise<readonly Mark[]> {
  const text = await readFile(join(backupDir, MARKS_FILE), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Mark);
}
