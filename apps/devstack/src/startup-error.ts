/** A reason why the stack cannot start that a person can act on: its message is all that is printed, without a stack. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}

const DISK_FULL =
  /no space left on device|disk is full|disk quota exceeded|could not extend file|ENOSPC|EDQUOT/i;

/** Tells whether a line of a log, or an error's text, says that a disk is full. */
export function saysDiskFull(text: string): boolean {
  return DISK_FULL.test(text);
}

/** The code of a Node system error (`ENOENT`, `ENOSPC` …), or undefined if the value is no such error. */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Puts an error that ended the start into words for a person; errors of no known kind keep their stack. */
export function explain(error: unknown, stateDir: string): string {
  if (error instanceof StartupError) return error.message;
  const code = systemErrorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return `The disk that holds ${stateDir} is full: free some space and start again.`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `${messageOf(error)}. Start as the user that owns these files, or choose another folder with --state-dir.`;
  if (error instanceof Error && error.name === 'EmbeddedPostgresError') return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
