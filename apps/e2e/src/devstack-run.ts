import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Child, until } from '@clearway/testing';
import { CHECKOUT_DIR, systemEnvironment } from './config';

/** What `stack.json` says, as far as the tests look at it. */
export interface Stack {
  readonly services: Readonly<Record<string, string>>;
  readonly tls: {
    readonly ca: string;
    readonly operator: { readonly cert: string; readonly key: string };
    readonly participants: Readonly<
      Record<string, { readonly cert: string; readonly key: string; readonly accounts: readonly string[] }>
    >;
  };
  readonly postgres: string;
}

const READY_TIMEOUT_MS = 60_000;
const PRELOAD = join(CHECKOUT_DIR, 'libs', 'testing', 'src', 'fixtures', 'exit-with-parent.cjs');

/** One run of devstack on a state folder, as `npm start` makes it. */
export class DevstackRun extends Child {
  constructor(
    readonly stateDir: string,
    portsFrom = 0,
    options: readonly string[] = [],
  ) {
    super({
      name: 'devstack',
      command: process.execPath,
      args: [
        ...['--require', PRELOAD, join(CHECKOUT_DIR, 'apps', 'devstack', 'dist', 'main.js')],
        ...['--no-sim', '--no-color', '--state-dir', stateDir, '--ports-from', String(portsFrom), ...options],
      ],
      env: systemEnvironment(),
    });
  }

  get stackFile(): string {
    return join(this.stateDir, 'stack.json');
  }

  /** Everything printed, as one text. */
  get output(): string {
    return this.lines.join('\n');
  }

  /** Waits until the line that programs wait for is printed; gives what stack.json says. */
  async ready(): Promise<Stack> {
    const line = await Promise.race([
      this.line(/"event":"ready"/, { timeoutMs: READY_TIMEOUT_MS }),
      this.exited.then(({ code }): never => {
        throw new Error(`devstack ended with ${code}:\n${this.output}`);
      }),
    ]);
    const { stackFile } = JSON.parse(line) as { stackFile: string };
    return JSON.parse(readFileSync(stackFile, 'utf8')) as Stack;
  }

  /** Process ids of everything that it runs: the services and Postgres, by their names. */
  async pids(): Promise<ReadonlyMap<string, number>> {
    const dir = join(this.stateDir, 'run');
    const files = (await readdir(dir)).filter((file) => file.endsWith('.pid.json'));
    const children = files.map(async (file): Promise<[string, number]> => {
      const { pid } = JSON.parse(await readFile(join(dir, file), 'utf8')) as { pid: number };
      return [file.replace('.pid.json', ''), pid];
    });
    const postmaster = join(this.stateDir, 'postgres', 'cluster', 'postmaster.pid');
    const [postgresPid = ''] = (await readFile(postmaster, 'utf8')).split('\n');
    return new Map([...(await Promise.all(children)), ['postgres', Number(postgresPid)]]);
  }
}

/** Waits until none of the processes lives. */
export async function untilGone(pids: ReadonlyMap<string, number>): Promise<void> {
  await until(`the end of ${[...pids.keys()].join(', ')}`, () =>
    [...pids.values()].every((pid) => !isAlive(pid)),
  );
}

/** Tells whether a process lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
