import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Folders that take what must be reachable for another OS user when the checkout is not: only root needs them, because
 * only root runs Postgres as somebody else. `/var/lib` comes first because it survives a reboot and no other user can
 * plant files there; the temporary folder is the last resort where `/var/lib` is read-only.
 */
export function defaultReachableDirs(): readonly string[] {
  return ['/var/lib/clearway', join(tmpdir(), `clearway-${process.getuid?.() ?? 0}`)];
}

/**
 * Creates a folder (0755) that we own, and refuses one that somebody else owns or may write: binaries are executed
 * from it, so a folder planted in a shared temporary folder must not be trusted.
 * @returns whether the folder is there and ours
 */
export async function claimDir(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o755 });
    const found = await lstat(folder);
    const ours = process.getuid === undefined || found.uid === process.getuid();
    return found.isDirectory() && ours && (found.mode & 0o022) === 0;
  } catch {
    return false;
  }
}
