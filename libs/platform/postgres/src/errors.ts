/** Why the embedded Postgres could not be started or stopped; callers decide by this code, never by the text. */
export type EmbeddedPostgresErrorCode =
  | 'UNSUPPORTED_PLATFORM'
  | 'NO_PASSWD_ENTRY'
  | 'NO_UNPRIVILEGED_USER'
  | 'UNREACHABLE_FILES'
  | 'DATA_DIR_FORBIDDEN'
  | 'DATA_DIR_VERSION'
  | 'DATA_DIR_IN_USE'
  | 'PASSWORD_LOST'
  | 'PORT_TAKEN'
  | 'DISK_FULL'
  | 'INITDB_FAILED'
  | 'START_FAILED'
  | 'START_TIMEOUT'
  | 'STOP_FAILED';

/**
 * The one error that the embedded Postgres throws. Its message says in a full sentence what a person can do about it;
 * it never holds a password. The underlying error, if there was one, is kept as `cause`.
 */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** The code of a Node system error (`ENOENT`, `EACCES` …), or undefined if the value is no such error. */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const MESSAGE_LINES_MAX = 12;

/**
 * Turns what `initdb` or `postgres` wrote before it gave up into a typed error. A full disk and a taken port get codes
 * of their own because a caller can act on them; all else keeps the fallback code and the last lines of the output.
 */
export function failureFromOutput(
  fallback: 'INITDB_FAILED' | 'START_FAILED',
  output: string,
  exit: string,
): EmbeddedPostgresError {
  const tail = output.trim().split('\n').slice(-MESSAGE_LINES_MAX).join('\n');
  if (/No space left on device|could not extend file|Disk quota exceeded/i.test(output)) {
    return new EmbeddedPostgresError(
      'DISK_FULL',
      `The disk is full: free some space and start again.\n${tail}`,
    );
  }
  if (/could not create any TCP\/IP sockets|Address already in use/i.test(output)) {
    return new EmbeddedPostgresError('PORT_TAKEN', `The port was taken while Postgres started.\n${tail}`);
  }
  const what =
    fallback === 'INITDB_FAILED' ? 'initdb could not create the database' : 'Postgres did not start';
  return new EmbeddedPostgresError(fallback, `${what} (${exit}).\n${tail || 'It wrote nothing.'}`);
}
