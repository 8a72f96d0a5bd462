import { parseRebuildUntil, type RebuildUntil, rebuildService } from './rebuild-service';
import type { ServiceDefinition } from './service-definition';
import { type RunningService, startService } from './start-service';

/** A stop that takes longer is cut: whoever sent the signal will not wait for ever, and the journal has everything. */
export const STOP_TIMEOUT_MS = 5_000;

/** Exit status of a service that could not go on. */
const FAILED_EXIT_STATUS = 1;

/**
 * Runs a service as a process, for `main.ts`. SIGTERM and SIGINT stop it gracefully within 5 s (status 0, or 1 when it had
 * to be cut); a fatal error ends it at once with status 1, so that nobody is told what the journal does not hold.
 */
export async function runService<State, Command, Event, Outcome, Output>(
  definition: ServiceDefinition<State, Command, Event, Outcome, Output>,
): Promise<void> {
  process.once('uncaughtException', (error) => die(definition.name, error));
  process.once('unhandledRejection', (error) => die(definition.name, error));
  const [command, ...words] = process.argv.slice(2);
  if (command === REBUILD_COMMAND) return printRebuild(definition, parseRebuildUntil(words));
  const service = await startService(definition).catch((error: unknown) => die(definition.name, error));
  void service.fatal.then((error) => {
    service.log.fatal({ err: error }, 'the service cannot go on');
    process.exit(FAILED_EXIT_STATUS);
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void stopWithin(service, signal));
  }
}

/** With `rebuild [SHARD=]EVENT…` as arguments the process does not serve: it rebuilds these shards up to there and tells. */
const REBUILD_COMMAND = 'rebuild';

async function printRebuild<State, Command, Event, Outcome, Output>(
  definition: ServiceDefinition<State, Command, Event, Outcome, Output>,
  until: RebuildUntil,
): Promise<void> {
  process.stdout.write(`${JSON.stringify(await rebuildService(definition, until))}\n`);
}

async function stopWithin(service: RunningService, signal: string): Promise<void> {
  service.log.info({ signal }, 'stopping');
  const timer = setTimeout(() => {
    service.log.warn({ timeoutMs: STOP_TIMEOUT_MS }, 'the stop took too long and was cut');
    process.exit(FAILED_EXIT_STATUS);
  }, STOP_TIMEOUT_MS);
  try {
    await service.stop();
    service.log.info({}, 'stopped');
  } catch (error) {
    service.log.error({ err: error }, 'the stop failed');
    process.exitCode = FAILED_EXIT_STATUS;
  }
  clearTimeout(timer);
  process.exit();
}

/** Before there is a logger, or when it is not known what still works: one line and the end. */
function die(name: string, error: unknown): never {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${JSON.stringify({ level: 'fatal', service: name, msg: text })}\n`);
  process.exit(FAILED_EXIT_STATUS);
}
