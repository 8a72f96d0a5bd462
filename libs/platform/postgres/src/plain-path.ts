import { EmbeddedPostgresError } from './errors';

/** Quotes, dollars and percent signs mean something to the shell and to Postgres: a path with one would lead elsewhere. */
const PLAIN_PATH = /^[\w ./+@=:,~-]+$/;

/**
 * Refuses a path that can not stand in a command of Postgres (`archive_command`, `restore_command`) as it is.
 * @throws EmbeddedPostgresError DATA_DIR_FORBIDDEN, with the path
 */
export function requirePlainPath(path: string): void {
  if (PLAIN_PATH.test(path)) return;
  throw new EmbeddedPostgresError(
    'DATA_DIR_FORBIDDEN',
    `The backup folder ${JSON.stringify(path)} has characters that a shell would read: name one of letters, digits and ./+@=:,~- only.`,
  );
}
