import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  createDatabases,
  createPool,
  type EmbeddedPostgres,
  migrate,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import type { Pool } from 'pg';
import { journalMigrations } from './migrations';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const SECRETS = { ownerPassword: 'owner', appPassword: 'app' };

describe("the service's role on the journal", () => {
  let place: string;
  let server: EmbeddedPostgres;
  let app: Pool;

  beforeAll(async () => {
    place = await temporaryHome('clearway-journal-roles-');
    server = await startEmbeddedPostgres({ dataDir: join(place, 'p'), log });
    const [urls] = await createDatabases(server.url, [{ service: 'risk', ...SECRETS }]);
    if (urls === undefined) throw new Error('no database was made');
    await migrate({ url: urls.ownerUrl, migrations: journalMigrations });
    app = createPool(urls.appUrl, { max: 1, applicationName: 'spec' });
  });

  afterAll(async () => {
    await app.end();
    await server.stop();
    for (const dir of [place, `${place}-reachable`]) rmSync(dir, { recursive: true, force: true });
  });

  it('appends batches and reads them', async () => {
    await app.query(`INSERT INTO journal_batches VALUES ('risk/0', 1, 1, 0, 1, '\\x00', 0)`);
    const { rows } = await app.query('SELECT seq FROM journal_batches');
    expect(rows).toEqual([{ seq: '1' }]);
  });

  it.each([
    `UPDATE journal_batches SET payload = '\\x01'`,
    'DELETE FROM journal_batches',
    'TRUNCATE journal_batches',
    'ALTER TABLE journal_batches DISABLE TRIGGER ALL',
    'DROP TABLE journal_batches',
    'CREATE RULE r AS ON INSERT TO journal_batches DO INSTEAD NOTHING',
    'DELETE FROM journal_leases',
    `INSERT INTO schema_migrations (id, checksum) VALUES ('journal-0009-forged', '')`,
    'DELETE FROM schema_migrations',
  ])('is refused %s', async (sql) => {
    await expect(app.query(sql)).rejects.toMatchObject({ code: '42501' });
  });
});
