import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Colours, coloursOf } from './output/colours';

/** From `apps/cli/dist` (or `src`) to the checkout, whatever folder the command is run in. */
export const CHECKOUT_DIR = resolve(__dirname, '..', '..', '..');

/** The committed launcher, which completion scripts call by its full path. */
export const LAUNCHER = join(CHECKOUT_DIR, 'apps', 'cli', 'bin', 'clearway.js');

/**
 * The stack to talk to: the one asked for, else CLEARWAY_STACK, else the checkout's own.
 * @param asked value of `--stack`; empty when not given
 */
export function stackFileOf(asked: string): string {
  const { CLEARWAY_STACK = '' } = process.env;
  if (asked !== '') return resolve(asked);
  if (CLEARWAY_STACK !== '') return resolve(CLEARWAY_STACK);
  return join(CHECKOUT_DIR, '.clearway', 'stack.json');
}

/** The same, if that stack seems to run: `stack.json` is there exactly while it does. */
export function runningStackFile(asked: string): string | undefined {
  const file = stackFileOf(asked);
  return existsSync(file) ? file : undefined;
}

/** Colours for a terminal; none when they are not wanted (`--no-color`, NO_COLOR) or nobody looks (a pipe, a file). */
export function chooseColours(wanted: boolean, isTerminal: boolean): Colours {
  const { FORCE_COLOR = '', NO_COLOR = '' } = process.env;
  const forced = FORCE_COLOR !== '' && FORCE_COLOR !== '0';
  return coloursOf(wanted && NO_COLOR === '' && (forced || isTerminal));
}
