import { createPool } from '@clearway/platform-postgres';
import type { Pool } from 'pg';
import { createTables } from './saga-steps';

/** A database of a peer's own, dropped afterwards. */
export interface ScratchDatabase {
  readonly url: string;
  /** Connections for the peer's own statements. */
  readonly pool: Pool;
  drop(): Promise<void>;
}

/** Statements may queue behind hundreds of others on a busy machine; that is a latency, not a failure. */
const TIMEOUT_MS = 60_000;

/** Opens connections as a peer uses them. */
export function peerPool(url: string, connectionsMax: number): Pool {
  const limits = { statementTimeoutMs: TIMEOUT_MS, connectTimeoutMs: TIMEOUT_MS };
  return createPool(url, { max: connectionsMax, applicationName: 'clearway-bench-peer', ...limits });
}

/**
 * Creates the database with its tables beside those of the stack. Throws when the server does not make commits durable: the
 * comparison would then be of something else.
 */
export async function createScratchDatabase(
  adminUrl: string,
  name: string,
  connectionsMax: number,
): Promise<ScratchDatabase> {
  const admin = peerPool(adminUrl, 1);
  for (const setting of ['fsync', 'synchronous_commit']) {
    const { rows } = await admin.query<Record<string, string>>(`SHOW ${setting}`);
    if (rows[0]?.[setting] !== 'on') throw new Error(`${setting} is not on: commits would not be durable`);
  }
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${name}`);
  // Plans made while the tables are new and without statistics would read them whole for as long as the session lives.
  await admin.query(`ALTER DATABASE ${name} SET enable_seqscan = off`);
  const url = Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href;
  const pool = peerPool(url, connectionsMax);
  await createTables(pool);
  const drop = async (): Promise<void> => {
    await pool.end();
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  };
  return { url, pool, drop };
}
