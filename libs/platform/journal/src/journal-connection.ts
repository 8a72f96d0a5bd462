import { Client, type ClientConfig, type Pool } from 'pg';

/** What a dedicated connection needs to differ in from the pool's. */
export interface DedicatedOptions {
  /** Seen in pg_stat_activity. */
  readonly applicationName: string;
  /** Sends a statement before the one before it was answered. */
  readonly isPipelined: boolean;
  /** A statement without an answer for so long fails, and the connection must be given up; default: the pool's. */
  readonly queryTimeoutMs?: number;
}

const CONNECT_TIMEOUT_MS = 2_000;
/** Postgres cuts longer application names off; a name must come back from pg_stat_activity as it was given. */
const APPLICATION_NAME_LENGTH_MAX = 63;

/**
 * Opens a connection of its own to the database that the pool uses: appends and heartbeats must never queue behind queries.
 * An error while idle is not raised; the next statement fails with it.
 */
export async function connectDedicated(pool: Pool, options: DedicatedOptions): Promise<Client> {
  const { password } = pool.options;
  const config: ClientConfig = {
    ...pool.options,
    ...(password === undefined ? {} : { password }),
    application_name: options.applicationName.slice(0, APPLICATION_NAME_LENGTH_MAX),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    pipeline: options.isPipelined,
    ...(options.queryTimeoutMs === undefined ? {} : { query_timeout: options.queryTimeoutMs }),
  };
  const client = new Client(config);
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Closes a connection without waiting for one that does not answer, and without failing. */
export async function closeQuietly(client: Client): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CONNECT_TIMEOUT_MS);
  });
  await Promise.race([client.end().catch(() => undefined), timeout]);
  clearTimeout(timer);
}
