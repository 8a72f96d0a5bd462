import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  brokenInvariants,
  type Cluster,
  doubledOrMissing,
  OrderLoad,
  type ProcessName,
  SERVICES,
  type ServiceName,
  until,
  whenQuiet,
  wrongOrders,
} from '@clearway/testing';
import { run } from './command-line';
import { CHECKOUT_DIR, loadSettings } from './config';
import { startMarket } from './market';

jest.setTimeout(240_000);

const PARTICIPANTS = ['alice', 'bob'];
const ORDERS_BETWEEN = 200;
const BUILD_TIMEOUT_MS = 180_000;
/** Callees before callers, as the manual tells: an old caller must find what it knows. */
const ORDER: readonly ServiceName[] = ['risk', 'clearing', 'trading', 'audit'];

describe('an upgrade from the build of an earlier commit, under load', () => {
  let home: string;
  let cluster: Cluster;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'clearway-upgrade-'));
    await chmod(home, 0o755);
    const old = join(home, 'old');
    const { upgradeFrom } = loadSettings();
    const built = await run(
      'bash',
      [join(CHECKOUT_DIR, 'tools', 'previous-build.sh'), old, upgradeFrom],
      BUILD_TIMEOUT_MS,
    );
    if (built.status !== 0) throw new Error(`${upgradeFrom} was not built: ${built.stderr}${built.stdout}`);
    console.info(`upgrading from ${built.stdout.trim()}`);
    const isNew = (name: ProcessName): boolean => name.endsWith('-b');
    const checkoutDirOf = (name: ProcessName): string => (isNew(name) ? CHECKOUT_DIR : old);
    cluster = await startMarket({
      participants: PARTICIPANTS,
      standbys: SERVICES,
      checkoutDirOf,
      logLevel: 'warn',
    });
  }, BUILD_TIMEOUT_MS);

  afterAll(async () => {
    await cluster?.close();
    if (home !== undefined) await rm(home, { recursive: true, force: true });
  });

  it('hands every service over to the new build without a failed order', async () => {
    const load = new OrderLoad(cluster, PARTICIPANTS, 77);
    const furtherAnswers = (): Promise<unknown> => {
      const wanted = load.answered + ORDERS_BETWEEN;
      return until(`${wanted} answers`, () => load.answered >= wanted, { timeoutMs: 60_000 });
    };
    await furtherAnswers();
    for (const name of ORDER) {
      expect(await cluster.stop(name)).toEqual({ code: 0, signal: null });
      await furtherAnswers();
    }
    await load.settle();
    await whenQuiet(cluster.operator);
    const checkpoint = (): Promise<unknown> => cluster.operator.audit.call('getCheckpoint', {});
    await until('the new audit to serve', checkpoint, { timeoutMs: 30_000 });
    for (const [participant, lane] of load.lanes) {
      expect(lane.errors).toEqual([]);
      expect([...lane.answers.keys()].sort()).toEqual([...lane.requests.keys()].sort());
      expect(await wrongOrders(cluster.operator, lane)).toEqual([]);
      expect(await doubledOrMissing(cluster.operator, participant, lane)).toEqual([]);
    }
    console.info(
      `${load.answered} orders, the longest time without an answer ${Math.round(load.longestOutageMs)} ms`,
    );
    expect(await brokenInvariants(cluster)).toEqual([]);
  });
});
