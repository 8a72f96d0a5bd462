import type { ExitStatus } from './exit-status';
import { run } from './run';

const INTERRUPTED_STATUS = 130;

/** The first Ctrl-C asks the command to end, so that what it prints is whole; the second one ends the process. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED_STATUS);
    controller.abort();
  });
  process.once('SIGTERM', () => controller.abort());
  return controller.signal;
}

/** Who reads may stop reading (`clearway audit search | head`): that is no error. */
function endQuietlyWithoutReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

endQuietlyWithoutReader();
void run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  isTerminal: process.stdout.isTTY && process.stderr.isTTY,
  interrupted: interruption(),
}).then((status: ExitStatus) => {
  // Not process.exit: a pipe may still hold what was written.
  process.exitCode = status;
});
