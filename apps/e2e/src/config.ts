import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** From `apps/e2e/src` (or `dist`) to the checkout. */
export const CHECKOUT_DIR = resolve(__dirname, '..', '..', '..');

/** What a person or CI may set for the end-to-end tests. */
export interface E2eSettings {
  /** Path of grpcurl: GRPCURL, else `.ci/bin/grpcurl`, else the one on PATH; undefined when there is none. */
  readonly grpcurl: string | undefined;
  /** The LOBSTER sample (zip or csv): LOBSTER_SAMPLE, else in `../shared/data`; undefined when it is not there. */
  readonly lobsterSample: string | undefined;
  /** E2E_LOG_FILE: every line of every process is appended to it. */
  readonly logFile: string | undefined;
  /** UPGRADE_FROM: the commit that the upgrade test starts from, else the one before this. */
  readonly upgradeFrom: string;
}

const SAMPLE_DIR = resolve(CHECKOUT_DIR, '..', 'shared', 'data');
const SAMPLE_FILE = 'LOBSTER_SampleFile_AMZN_2012-06-21_5.zip';

/** Reads the environment; nothing else in the end-to-end tests does. */
export function loadSettings(): E2eSettings {
  const { GRPCURL, LOBSTER_SAMPLE, E2E_LOG_FILE, UPGRADE_FROM = 'HEAD~1', PATH = '' } = process.env;
  const onPath = PATH.split(delimiter).map((dir) => join(dir, 'grpcurl'));
  const grpcurls = [GRPCURL ?? '', join(CHECKOUT_DIR, '.ci', 'bin', 'grpcurl'), ...onPath];
  return {
    grpcurl: grpcurls.find((file) => file !== '' && existsSync(file)),
    lobsterSample: [LOBSTER_SAMPLE ?? '', join(SAMPLE_DIR, SAMPLE_FILE)].find(
      (file) => file !== '' && existsSync(file),
    ),
    logFile: E2E_LOG_FILE,
    upgradeFrom: UPGRADE_FROM,
  };
}

/** The environment that a program of the system is started with. */
export function systemEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }) };
}
