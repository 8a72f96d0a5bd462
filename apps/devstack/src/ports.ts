import { createServer } from 'node:net';
import { findListener } from './port-owner';
import { StartupError } from './startup-error';

const LOOPBACK = '127.0.0.1';
/**
 * Where free ports are looked for: below the range that systems hand out to outgoing connections, because a service must
 * get its port back after a crash and a connection must not have taken it meanwhile.
 */
const FREE_PORTS_FROM = 20_000;
const FREE_PORTS_COUNT = 12_000;
const SUGGESTED_STEP = 1_000;

/**
 * Chooses one port a service, in order.
 * @param names the services
 * @param portsFrom the first port, the others follow; 0 takes free ones
 * @throws StartupError that names the port and, where the system tells it, who has it
 */
export async function choosePorts(
  names: readonly string[],
  portsFrom: number,
): Promise<ReadonlyMap<string, number>> {
  const ports = portsFrom === 0 ? await freePorts(names.length) : names.map((_, at) => portsFrom + at);
  const chosen = new Map(names.map((name, at) => [name, ports[at] ?? 0] as const));
  for (const [name, port] of chosen) {
    const problem = await bindProblem(port);
    if (problem !== undefined) throw new StartupError(await describe(name, port, problem));
  }
  return chosen;
}

async function describe(name: string, port: number, problem: string): Promise<string> {
  if (problem === 'EACCES')
    return `Port ${port}, wanted for ${name}, is closed to this user. Choose others with --ports-from N.`;
  if (problem !== 'EADDRINUSE')
    return `Port ${port} on ${LOOPBACK}, wanted for ${name}, cannot be used: ${problem}.`;
  const owner = await findListener(port);
  const by = owner === undefined ? 'by another program' : `by ${owner}`;
  const suggestion = port + SUGGESTED_STEP - (port % 10) + 1;
  return (
    `Port ${port} on ${LOOPBACK}, wanted for ${name}, is taken ${by}. ` +
    `Stop that one, or choose other ports: npm start -- --ports-from ${suggestion} (0 takes free ones).`
  );
}

async function freePorts(count: number): Promise<readonly number[]> {
  const found: number[] = [];
  const start = Math.floor(Math.random() * FREE_PORTS_COUNT);
  for (let step = 0; step < FREE_PORTS_COUNT && found.length < count; step++) {
    const port = FREE_PORTS_FROM + ((start + step) % FREE_PORTS_COUNT);
    if ((await bindProblem(port)) === undefined) found.push(port);
  }
  if (found.length < count) throw new StartupError(`No ${count} free ports were found on ${LOOPBACK}.`);
  return found;
}

/** Tries to listen; undefined when it worked, else the system's code. */
function bindProblem(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
