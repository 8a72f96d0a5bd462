import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';
/**
 * Ports below the range that the system hands out to outgoing connections: a service that was killed must get its port
 * back, and no connection may have taken it meanwhile.
 */
const PORTS_FROM = 12_000;
const PORTS_COUNT = 8_000;

const handedOut = new Set<number>();

/** Finds ports on loopback that nobody listens on; none is given twice to one process. */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  const start = Math.floor(Math.random() * PORTS_COUNT);
  for (let step = 0; step < PORTS_COUNT && found.length < count; step += 1) {
    const port = PORTS_FROM + ((start + step) % PORTS_COUNT);
    if (handedOut.has(port) || !(await canListen(port))) continue;
    handedOut.add(port);
    found.push(port);
  }
  if (found.length < count) throw new Error(`no ${count} free ports were found`);
  return found;
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
