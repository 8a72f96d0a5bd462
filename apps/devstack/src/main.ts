import { resolve } from 'node:path';
import { nodeProblem } from '@clearway/platform-config';
import { type DevstackArguments, parseArguments, USAGE } from './arguments';
import { closingMessage } from './closing-message';
import { chooseColours, inheritedEnvironment } from './config';
import { startStack } from './stack';
import { StackConsole } from './stack-console';
import { explain } from './startup-error';
import { StopRequest } from './stop-request';
import { Teardown } from './teardown';

/** From `apps/devstack/dist` to the checkout, whatever folder the command is started from. */
const CHECKOUT_DIR = resolve(__dirname, '..', '..', '..');
const USAGE_EXIT_STATUS = 64;
const FORCED_EXIT_STATUS = 130;

async function main(): Promise<number> {
  const unfit = nodeProblem(process.versions.node);
  if (unfit !== undefined) {
    process.stderr.write(`${unfit}\n`);
    return 1;
  }
  const parsed = parseArguments(process.argv.slice(2), { cwd: process.cwd(), checkoutDir: CHECKOUT_DIR });
  if (!parsed.ok) {
    process.stderr.write(`${parsed.problem}\n\n${USAGE}`);
    return USAGE_EXIT_STATUS;
  }
  if (parsed.value.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  return run(parsed.value);
}

/** Starts, waits for a wish to stop, stops; gives the exit status. */
async function run(options: DevstackArguments): Promise<number> {
  const startedAtMs = performance.now();
  const console = new StackConsole(process.stdout, chooseColours(options.colour), isTalkative(options));
  const teardown = new Teardown((what, error) => console.error(`Stopping ${what} failed: ${String(error)}`));
  const stop = new StopRequest(
    (why) => console.info(`${why}: stopping. Once more to force it.`),
    () => {
      teardown.killAll();
      process.exit(FORCED_EXIT_STATUS);
    },
  );
  try {
    const surroundings = { checkoutDir: CHECKOUT_DIR, inherited: inheritedEnvironment() };
    const { stackFile, description } = await startStack(options, {
      ...surroundings,
      console,
      teardown,
      signal: stop.signal,
    });
    const elapsedMs = Math.round(performance.now() - startedAtMs);
    const clOrdId = `hello-${Date.now().toString(36)}`;
    const facts = { stack: description, stackFile, elapsedMs, simulates: options.simulate, clOrdId };
    console.plain(closingMessage(facts, console.colours));
    if (!process.stdout.isTTY)
      console.plain(JSON.stringify({ event: 'ready', stackFile, pid: process.pid, elapsedMs }));
    await stop.requested;
    return stop.exitStatus;
  } catch (error) {
    if (stop.signal.aborted) return stop.exitStatus;
    console.error(explain(error, options.stateDir));
    return 1;
  } finally {
    await teardown.run();
    if (stop.signal.aborted) console.info('Stopped.');
  }
}

function isTalkative({ logLevel }: DevstackArguments): boolean {
  return logLevel === 'debug' || logLevel === 'trace';
}

void main().then((status) => process.exit(status));
