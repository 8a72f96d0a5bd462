import { mkdir, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder that must not be there yet, with the parents that it lacks.
 * @returns what takes back just that: the folder with all it has got since, and those parents, unless something else is in them
 */
export async function makeNewFolder(dir: string): Promise<() => Promise<void>> {
  const topmost = await mkdir(dir, { recursive: true, mode: 0o755 });
  if (topmost === undefined) throw new Error(`${dir} is there already: restore into a new folder`);
  return async () => {
    await rm(dir, { recursive: true, force: true });
    for (let made = dir; made !== topmost; ) {
      made = dirname(made);
      if (!(await removeEmpty(made))) return;
    }
  };
}

async function removeEmpty(dir: string): Promise<boolean> {
  return rmdir(dir).then(
    () => true,
    () => false,
  );
}
