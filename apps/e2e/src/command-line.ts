import { execFile } from 'node:child_process';
import { CHECKOUT_DIR, systemEnvironment } from './config';

/** What a program printed and how it ended. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 30_000;

/** Runs a program to its end in the checkout; a failure is its status, not an error. */
export function run(command: string, args: readonly string[], timeoutMs: number = TIMEOUT_MS): Promise<Ran> {
  const options = {
    cwd: CHECKOUT_DIR,
    env: systemEnvironment(),
    timeout: timeoutMs,
    encoding: 'utf8',
  } as const;
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ status, stdout, stderr });
    });
  });
}
