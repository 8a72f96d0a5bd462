import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './errors';

const run = promisify(execFile);
const PROBE_TIMEOUT_MS = 10_000;

/** The OS user that Postgres runs as; undefined ids mean "whoever runs Node", the case for everybody but root. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
  /** For messages only. */
  readonly name: string;
}

/**
 * Decides who runs Postgres. Postgres refuses root, so root hands it to the owner of existing data, or else to the OS
 * user `postgres`, which is created when missing. Anybody else runs it as themselves.
 * @param clusterDir the folder that may hold data of an earlier run
 * @throws EmbeddedPostgresError NO_PASSWD_ENTRY, NO_UNPRIVILEGED_USER
 */
export async function chooseUser(clusterDir: string): Promise<RunAs> {
  if (process.getuid === undefined) return { name: 'the current user' };
  if (process.getuid() !== 0) return ordinaryUser(process.getuid());
  const owner = await stat(clusterDir).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0)
    return { uid: owner.uid, gid: owner.gid, name: `uid ${owner.uid}` };
  return (await findPostgresUser()) ?? (await createPostgresUser());
}

function ordinaryUser(uid: number): RunAs {
  try {
    return { name: userInfo().username };
  } catch (error) {
    throw new EmbeddedPostgresError(
      'NO_PASSWD_ENTRY',
      `Node runs as uid ${uid}, which has no entry in the user database (/etc/passwd), and Postgres refuses to run ` +
        'as an unknown user. Add an entry for it, or run as a user who has one.',
      error,
    );
  }
}

async function findPostgresUser(): Promise<RunAs | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
    return { uid: Number(uid.stdout.trim()), gid: Number(gid.stdout.trim()), name: 'postgres' };
  } catch {
    return undefined;
  }
}

async function createPostgresUser(): Promise<RunAs> {
  const advice = 'Start it as an ordinary user, or create the user: useradd --system --user-group postgres';
  try {
    await run('useradd', ['--system', '--user-group', '--shell', '/usr/sbin/nologin', 'postgres']);
  } catch (error) {
    const message = `Postgres refuses to run as root, and the OS user "postgres" is missing and could not be created. ${advice}`;
    throw new EmbeddedPostgresError('NO_UNPRIVILEGED_USER', message, error);
  }
  const created = await findPostgresUser();
  if (created !== undefined) return created;
  throw new EmbeddedPostgresError(
    'NO_UNPRIVILEGED_USER',
    `The OS user "postgres" cannot be looked up. ${advice}`,
  );
}

/** The ids in the shape that `spawn` takes: empty when Postgres runs as whoever runs Node. */
export function spawnIds(user: RunAs): { uid?: number; gid?: number } {
  return user.uid === undefined || user.gid === undefined ? {} : { uid: user.uid, gid: user.gid };
}

/**
 * Tells by trying it whether the user can execute a program. Reading mode bits would miss ACLs, `noexec` mounts and
 * missing shared libraries; running `--version` misses nothing.
 */
export async function canExecute(user: RunAs, program: string): Promise<boolean> {
  try {
    await run(program, ['--version'], { ...spawnIds(user), cwd: '/', timeout: PROBE_TIMEOUT_MS });
    return true;
  } catch {
    return false;
  }
}

/** Tells by trying it whether the user can enter and write an existing folder. */
export async function canWrite(user: RunAs, folder: string): Promise<boolean> {
  if (process.platform === 'win32') return true;
  const script = 'cd "$1" && test -r . && test -w .';
  try {
    await run('/bin/sh', ['-c', script, 'sh', folder], {
      ...spawnIds(user),
      cwd: '/',
      timeout: PROBE_TIMEOUT_MS,
    });
    return true;
  } catch {
    return false;
  }
}
