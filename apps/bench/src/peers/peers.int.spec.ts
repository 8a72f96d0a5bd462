import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres, temporaryHome } from '@clearway/platform-postgres';
import { runPeers } from './run-peers';
import { peerPool } from './scratch-database';

const PARTICIPANT_FILE = join(__dirname, '..', '..', 'dist', 'peers', 'participant-main.js');
const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined };

jest.setTimeout(60_000);

let place: string;
let server: EmbeddedPostgres;

beforeAll(async () => {
  place = await temporaryHome('clearway-peers-');
  server = await startEmbeddedPostgres({
    dataDir: join(place, 'p'),
    log: QUIET,
  });
});

afterAll(async () => {
  await server?.stop();
  for (const dir of [place, `${place}-reachable`]) rmSync(dir, { recursive: true, force: true });
});

it('both peers complete sagas with every row written, and leave nothing behind', async () => {
  const { naive, dbos } = await runPeers({
    postgresUrl: server.url,
    stackPid: process.pid,
    participantFile: PARTICIPANT_FILE,
    warmUpSeconds: 0.5,
    seconds: 1,
  });
  for (const peer of [naive, dbos]) {
    expect(peer?.sagas).toBeGreaterThan(10);
    expect(peer?.latency.totalCount).toBeGreaterThan(10);
    expect(peer?.cpu.nodeMicros).toBeGreaterThan(0);
    expect(peer?.cpu.postgresMicros).toBeGreaterThan(0);
  }
  const admin = peerPool(server.url, 1);
  const { rows } = await admin.query("SELECT datname FROM pg_database WHERE datname LIKE 'clearway_peer%'");
  await admin.end();
  expect(rows).toEqual([]);
});
