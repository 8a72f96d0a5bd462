import { createServer } from 'node:net';
import { EmbeddedPostgresError } from './errors';

/** Tried first when no port is asked for, so that a person's psql settings stay good from one run to the next. */
export const PREFERRED_PORT = 15_432;

const LOOPBACK = '127.0.0.1';

/**
 * Chooses the port to listen on.
 * @param asked a port that must be taken, or undefined for the preferred one or any free one
 * @throws EmbeddedPostgresError PORT_TAKEN if the asked port is not free
 */
export async function choosePort(asked: number | undefined): Promise<number> {
  const wanted = asked ?? PREFERRED_PORT;
  const free = await bind(wanted);
  if (free !== undefined) return free;
  if (asked !== undefined) {
    throw new EmbeddedPostgresError(
      'PORT_TAKEN',
      `Port ${asked} on ${LOOPBACK} is taken: choose another one.`,
    );
  }
  return anyFreePort();
}

/** A port that nobody listened on a moment ago; another program may still take it before it is used. */
export async function anyFreePort(): Promise<number> {
  const port = await bind(0);
  if (port === undefined) throw new EmbeddedPostgresError('PORT_TAKEN', `No port is free on ${LOOPBACK}.`);
  return port;
}

function bind(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(bound));
    });
  });
}
