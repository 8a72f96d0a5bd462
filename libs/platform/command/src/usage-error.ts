/** The command line asks for what there is not. Its message is one sentence that names the argument. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What is wrong with the command line, in one line, when that is why a command failed; else undefined. */
export function usageProblem(error: unknown): string | undefined {
  if (error instanceof UsageError) return error.message;
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  if (!String(code).startsWith('ERR_PARSE_ARGS')) return undefined;
  // Node goes on about how a value that begins with a dash would be written.
  return String(message).split(/\. |\n/)[0];
}
