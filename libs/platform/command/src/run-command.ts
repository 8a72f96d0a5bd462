import { setTimeout as sleep } from 'node:timers/promises';
import { nodeProblem } from '@clearway/platform-config';
import { CommandRun } from './command-run';
import { usageProblem } from './usage-error';

/** Exit statuses of every command; `failed` is also that of a check that did not hold. */
export const EXIT_STATUS = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** A command of the command line. */
export interface Command {
  /** As people call it, `audit:verify`; begins every line about what went wrong. */
  readonly name: string;
  /** Printed for --help. */
  readonly usage: string;
  /**
   * Does the work.
   * @returns the exit status
   * @throws UsageError, or an error of node's parseArgs, for what is wrong with the arguments; any other for work that could not be done
   */
  run(run: CommandRun): Promise<number> | number;
  /** Exit status for work that could not be done, where 1 already says that a check did not hold; default 1. */
  readonly failedStatus?: number;
}

/** How long a command that listens to its signal may take to end after Ctrl-C. */
const INTERRUPTED_TIMEOUT_MS = 15_000;

/**
 * Runs a command with the process's arguments and ends the process: with what it returns, 2 and one line for wrong usage, 1 and one line
 * when it could not do its work. Ctrl-C (or SIGTERM) ends it with 130: at once when it does not listen to its signal, because then it
 * has nothing to clean up, and else when it has; a second one at once.
 */
export function runCommand(command: Command): void {
  const run = new CommandRun(process.argv.slice(2));
  // Begins after the signals have their listeners.
  const ended = Promise.resolve().then(() => statusOf(command, run));
  // For a command that waits for what never comes: Node ends when nothing can happen any more.
  process.exitCode = EXIT_STATUS.failed;
  endQuietlyWithoutReader();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (run.isInterrupted || !run.isHeard) process.exit(EXIT_STATUS.interrupted);
      // What is broken off may fail where nobody waits for it any more.
      process.on('uncaughtException', () => undefined);
      run.interrupt();
      void sleep(INTERRUPTED_TIMEOUT_MS).then(() => process.exit(EXIT_STATUS.interrupted));
    });
  void ended.then((status) => {
    process.stdout.write('', () => process.exit(run.isInterrupted ? EXIT_STATUS.interrupted : status));
  });
}

/** Never rejects: a failure is told, unless Ctrl-C was its cause, and becomes a status. */
async function statusOf(command: Command, run: CommandRun): Promise<number> {
  const unfit = nodeProblem(process.versions.node);
  if (unfit !== undefined) {
    tell(`${command.name}: ${unfit}`);
    return EXIT_STATUS.failed;
  }
  if (run.args.includes('--help') || run.args.includes('-h')) {
    process.stdout.write(command.usage);
    return EXIT_STATUS.ok;
  }
  try {
    return await command.run(run);
  } catch (error) {
    if (run.isInterrupted && error === run.signal.reason) return EXIT_STATUS.interrupted;
    const problem = usageProblem(error);
    tell(`${command.name}: ${problem === undefined ? messageOf(error) : `${problem} (--help says more)`}`);
    return problem === undefined ? (command.failedStatus ?? EXIT_STATUS.failed) : EXIT_STATUS.usage;
  }
}

/** Only the message: what hangs on errors of a database or a socket may hold keys. Of several failures in one, each. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Who reads may stop reading (`… | head`): that is no error. */
function endQuietlyWithoutReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT_STATUS.ok);
  });
}
