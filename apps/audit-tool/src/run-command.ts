const USAGE_EXIT_STATUS = 64;
const FAILED_EXIT_STATUS = 2;

/** The command line asks for what there is not; the message is shown above the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Runs a command with the process's arguments and sets its exit status: what it returns, 64 for wrong usage, 2 when it could not do
 * its work.
 */
export function runCommand(
  name: string,
  usage: string,
  command: (args: readonly string[]) => Promise<number>,
): void {
  command(process.argv.slice(2)).then(
    (status) => {
      process.exitCode = status;
    },
    (error: unknown) => {
      const isUsage = error instanceof UsageError || isParseArgsError(error);
      const message = error instanceof Error ? error.message : String(error);
      process.stderr.write(isUsage ? `${message}\n\n${usage}` : `${name}: ${message}\n`);
      process.exitCode = isUsage ? USAGE_EXIT_STATUS : FAILED_EXIT_STATUS;
    },
  );
}

function isParseArgsError(error: unknown): boolean {
  return String((error as { readonly code?: unknown } | undefined)?.code).startsWith('ERR_PARSE_ARGS');
}
