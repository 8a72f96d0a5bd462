import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LSOF_TIMEOUT_MS = 3_000;
const LISTEN_STATE = '0A';

/**
 * Says who listens on a TCP port, for example "node (pid 123)", if this user may know: from /proc on Linux, through lsof
 * elsewhere. Best effort, for a message only.
 */
export async function findListener(port: number): Promise<string | undefined> {
  try {
    return process.platform === 'linux' ? await fromProc(port) : await fromLsof(port);
  } catch {
    return undefined;
  }
}

async function fromProc(port: number): Promise<string | undefined> {
  const sockets = await listeningInodes(port);
  if (sockets.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      if (sockets.has(target)) return `${await commandOf(pid)} (pid ${pid})`;
    }
  }
  return undefined;
}

/** Reads the kernel's tables: local address in hex as ADDRESS:PORT in column 1, state in 3, inode in 9. */
async function listeningInodes(port: number): Promise<ReadonlySet<string>> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map(async (file) => readFile(file, 'utf8').catch(() => '')),
  );
  const rows = tables.flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)));
  const listening = rows.filter((row) => row[1]?.endsWith(suffix) === true && row[3] === LISTEN_STATE);
  return new Set(listening.map((row) => `socket:[${row[9] ?? ''}]`));
}

/** The program's file name. `comm` would not do: it is the main thread's name, and every Node calls that MainThread. */
async function commandOf(pid: string): Promise<string> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const [program = ''] = commandLine.split('\0');
  return program === '' ? 'a program' : basename(program);
}

async function fromLsof(port: number): Promise<string | undefined> {
  const { stdout } = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], {
    timeout: LSOF_TIMEOUT_MS,
  });
  const [, pid] = /^p(\d+)$/m.exec(stdout) ?? [];
  const [, command] = /^c(.+)$/m.exec(stdout) ?? [];
  return pid === undefined ? undefined : `${command ?? 'a program'} (pid ${pid})`;
}
