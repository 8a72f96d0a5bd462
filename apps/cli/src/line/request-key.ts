import { randomBytes } from 'node:crypto';
import type { Option } from './command';
import type { CommandCall } from './command-call';

/** The option that carries an idempotency key. */
export const KEY_OPTION: Option = {
  value: 'KEY',
  summary: 'idempotency key: the same key asks about the same request again (default: a new one)',
};

const RANDOM_BYTES_COUNT = 4;

/** The key of a request: the one on the command line, else a new one, which the answer or the error then names. */
export function requestKeyOf(call: CommandCall): string {
  return call.text('id') || newKey();
}

/** A key that nobody has used. */
export function newKey(): string {
  return `cli-${Date.now().toString(36)}-${randomBytes(RANDOM_BYTES_COUNT).toString('hex')}`;
}
