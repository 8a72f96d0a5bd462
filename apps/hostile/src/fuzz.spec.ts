import type { Cluster } from '@clearway/testing';
import { runFuzz } from './fuzz/run-fuzz';
import { startTarget } from './surface/market';

const SECONDS = 10;

describe('some seconds of random messages and bytes', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startTarget();
  });

  afterAll(() => cluster.close());

  test('find no fault', async () => {
    const { requests, sockets, seed, faults } = await runFuzz(cluster, { minutes: SECONDS / 60, seed: 1 });
    console.info(`seed ${seed}: ${requests} requests, ${sockets} connections`);
    expect(faults).toEqual([]);
    expect(requests).toBeGreaterThan(500);
  });
});
