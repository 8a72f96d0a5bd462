import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes a temporary folder for a Postgres that is thrown away with it, named after the prefix. The OS user that runs Postgres for
 * root may pass through it, so that the data lies inside and goes when the folder is removed; what else is put there needs
 * permissions of its own.
 */
export async function temporaryHome(prefix: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), prefix));
  await chmod(home, 0o755);
  return home;
}
