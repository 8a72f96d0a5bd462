import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbeddedPostgres } from './embedded-postgres';
import { temporaryHome } from './temporary-home';

const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

describe('a temporary home', () => {
  it('holds the data of a Postgres that root runs as somebody else, so that removing it leaves nothing', async () => {
    const home = await temporaryHome('clearway-home-');
    const postgres = await startEmbeddedPostgres({ dataDir: join(home, 'postgres'), log: SILENT });
    expect(postgres.dataDir).toBe(join(home, 'postgres'));
    await postgres.stop();
    await rm(home, { recursive: true });
  }, 60_000);
});
