import { Pool } from 'pg';

/** How a service's pool behaves; every limit has a default that suits a service on loopback or in one data centre. */
export interface PoolOptions {
  /** Connections at most. The embedded server has 100 for all services together. */
  readonly max: number;
  /** Seen in `pg_stat_activity`, so that a person knows whose session it is. */
  readonly applicationName: string;
  /** A statement that runs longer is cancelled by the server (SQLSTATE 57014). */
  readonly statementTimeoutMs?: number;
  /** How long to wait for a connection, new or from a full pool, before failing. */
  readonly connectTimeoutMs?: number;
  /** A transaction that sits idle longer loses its session, so that a forgotten one does not hold locks for ever. */
  readonly idleInTransactionTimeoutMs?: number;
  /** A connection that nobody has checked out for so long is closed; a session that must last is checked out for its whole life. */
  readonly idleTimeoutMs?: number;
  /** Told of a broken connection that no query was running on; default: nobody. The pool replaces it by itself. */
  readonly onConnectionLost?: (error: Error) => void;
}

const STATEMENT_TIMEOUT_MS_DEFAULT = 10_000;
const CONNECT_TIMEOUT_MS_DEFAULT = 5_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS_DEFAULT = 15_000;
const IDLE_TIMEOUT_MS_DEFAULT = 30_000;

/**
 * Creates a pool that survives its server. pg raises an `error` event on the pool for an idle connection that breaks
 * and on the client itself for one that is checked out between two queries; either would end the process if nobody
 * listened. Whoever holds such a client gets the error from its next query. 64-bit integers come back as strings, pg's
 * default: convert them with BigInt.
 */
export function createPool(url: string, options: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    max: options.max,
    application_name: options.applicationName,
    statement_timeout: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS_DEFAULT,
    connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS_DEFAULT,
    idle_in_transaction_session_timeout:
      options.idleInTransactionTimeoutMs ?? IDLE_IN_TRANSACTION_TIMEOUT_MS_DEFAULT,
    idleTimeoutMillis: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS_DEFAULT,
    keepAlive: true,
  });
  const onLost = (error: Error): void => options.onConnectionLost?.(error);
  pool.on('error', onLost);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return pool;
}
