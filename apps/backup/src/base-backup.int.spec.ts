import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createPool,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import type { Pool } from 'pg';
import { takeBaseBackup } from './base-backup';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
/** Both less than the copy takes: a thousand files, each synced. The server's leaves a busy machine time for the first statements. */
const POOL_IDLE_TIMEOUT_MS = 1;
const SERVER_IDLE_TIMEOUT_MS = 150;
const INTERRUPTED_AFTER_MS = 50;

describe('a base backup', () => {
  let home: string;
  let server: EmbeddedPostgres;
  let pool: Pool;
  let sessionsOpened = 0;

  beforeAll(async () => {
    home = await temporaryHome('clearway-base-');
    const archiveTo = join(home, 'backup');
    server = await startEmbeddedPostgres({ dataDir: join(home, 'postgres'), log, archiveTo });
    const timeouts = { idleTimeoutMs: POOL_IDLE_TIMEOUT_MS, statementTimeoutMs: 0 };
    pool = createPool(server.url, { max: 1, applicationName: 'backup', ...timeouts });
    pool.on('connect', () => {
      sessionsOpened += 1;
    });
    await pool.query(`ALTER SYSTEM SET idle_session_timeout = ${SERVER_IDLE_TIMEOUT_MS}`);
    await pool.query('SELECT pg_reload_conf()');
  });

  afterAll(async () => {
    await pool?.end();
    await server?.stop();
    if (home !== undefined) await rm(home, { recursive: true, force: true });
  });

  it('keeps its one session while the copy takes longer than pool and server let a session be idle', async () => {
    sessionsOpened = 0;
    const beginMs = performance.now();
    const { dir, manifest } = await takeBaseBackup(pool, join(home, 'backup'));
    expect(performance.now() - beginMs).toBeGreaterThan(10 * POOL_IDLE_TIMEOUT_MS);
    expect(sessionsOpened).toBeLessThanOrEqual(1);
    expect(manifest.files).toBeGreaterThan(500);
    expect(await readdir(dir)).toEqual(['cluster', 'manifest.json', 'superuser.password']);
  });

  it('that is interrupted leaves no folder, and the next one is whole', async () => {
    const before = await readdir(join(home, 'backup'));
    const signal = AbortSignal.timeout(INTERRUPTED_AFTER_MS);
    await expect(takeBaseBackup(pool, join(home, 'backup'), signal)).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    expect(await readdir(join(home, 'backup'))).toEqual(before);
    expect((await takeBaseBackup(pool, join(home, 'backup'))).manifest.files).toBeGreaterThan(500);
  });
});
