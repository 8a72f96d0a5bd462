import { statfs } from 'node:fs/promises';
import { StartupError } from './startup-error';

const MIB = 1024 * 1024;
/** A new cluster takes 40 MiB and its first log segments 32 MiB; below this a start would end half-way. */
const FREE_MIB_MIN = 128;

/**
 * Refuses to start on a disk that is as good as full, before anything is written.
 * @throws StartupError with what is free and what is needed
 */
export async function requireDiskSpace(dir: string, freeMibMin = FREE_MIB_MIN): Promise<void> {
  const found = await statfs(dir).catch(() => undefined);
  if (found === undefined || found.blocks === 0) return;
  const freeMib = Math.floor((found.bavail * found.bsize) / MIB);
  if (freeMib >= freeMibMin) return;
  throw new StartupError(
    `The disk that holds ${dir} is full: ${freeMib} MiB are free, Clearway needs ${freeMibMin} MiB to start. ` +
      'Free some space and start again, or choose another disk with --state-dir DIR.',
  );
}
