import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ChildPlan } from '@clearway/testing';
import { CHECKOUT_DIR, systemEnvironment } from './config';

/** The user of the image, by number. */
export const IMAGE_USER = 65_532;
/** Where the state of a development deployment lies inside. */
export const STATE_DIR = '/var/lib/clearway';
const NODE = '/usr/local/bin/node';
const ASSEMBLE = 'deploy/image/assemble.sh';

/**
 * Lays out what `deploy/image/Dockerfile` puts into the image, by the Dockerfile's own script: the services under `/app`, Node,
 * and of the base image the C and C++ libraries that Node asks for. Nothing else is inside, so what is missing in the image is
 * missing here too.
 */
export function assembleImageRoot(rootDir: string): void {
  execFileSync('sh', [ASSEMBLE, join(rootDir, 'app')], {
    cwd: CHECKOUT_DIR,
    env: { ...systemEnvironment(), npm_config_prefer_offline: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const copy = (from: string, to: string): void => {
    mkdirSync(dirname(join(rootDir, to)), { recursive: true });
    copyFileSync(realpathSync(from), join(rootDir, to));
  };
  copy(process.execPath, NODE);
  for (const library of librariesOf(process.execPath)) copy(library, library);
  for (const folder of ['proc', 'dev', 'tmp', STATE_DIR])
    mkdirSync(join(rootDir, folder), { recursive: true });
  for (const device of ['null', 'urandom']) writeFileSync(join(rootDir, 'dev', device), '');
}

function librariesOf(program: string): string[] {
  const found = execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g);
  return [...found].flatMap(([, library]) => (library === undefined ? [] : [library]));
}

/** How a container is started, in the words of a compose file. */
export interface ContainerPlan {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Folder of this machine that is mounted at `STATE_DIR`, and whether for writing. */
  readonly stateDir: string;
  readonly mayWriteState: boolean;
}

/**
 * Runs Node in the image's root as a container engine would: a read-only root file system of its own, the user without rights,
 * no variable but the given ones. It needs root, for the mounts.
 */
export function containerOf(rootDir: string, plan: ContainerPlan): ChildPlan {
  const { name, command, env, stateDir, mayWriteState } = plan;
  const [program = '', ...rest] = command;
  const script = `set -e
    mount --bind "$ROOT" "$ROOT"
    mount --bind "$STATE" "$ROOT${STATE_DIR}"
    ${mayWriteState ? '' : `mount -o remount,ro,bind "$ROOT${STATE_DIR}"`}
    mount -t proc -o ro proc "$ROOT/proc"
    mount --bind /dev/null "$ROOT/dev/null"
    mount --bind /dev/urandom "$ROOT/dev/urandom"
    mount -o remount,ro,bind "$ROOT"
    unset ROOT STATE
    exec chroot --userspec=${IMAGE_USER}:${IMAGE_USER} "$0" ${NODE} "$@"`;
  return {
    name,
    command: 'unshare',
    args: [
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-c',
      script,
      rootDir,
      ...(program.startsWith('-') ? [program] : [join('/app', program)]),
      ...rest,
    ],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env, ROOT: rootDir, STATE: stateDir },
  };
}
