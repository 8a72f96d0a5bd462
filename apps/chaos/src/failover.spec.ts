import { runFailOvers } from './run-fail-overs';

jest.setTimeout(180_000);

const TAKEN_MS_MAX = 3_000;

it('hands over from a killed and from a stopped owner, loses nothing, and fences the one that goes on', async () => {
  const { failOvers, ordersAcknowledged, lost, unfencedBatches, invariants } = await runFailOvers(
    4,
    ['trading', 'risk'],
    () => undefined,
  );
  expect(failOvers.map(({ service, loss }) => `${service} ${loss}`)).toEqual([
    'trading killed',
    'risk killed',
    'trading stopped',
    'risk stopped',
  ]);
  for (const { from, to, detectedMs, fencedMs, loss } of failOvers) {
    expect(to).not.toBe(from);
    expect(detectedMs).toBeLessThan(TAKEN_MS_MAX);
    expect(fencedMs !== undefined).toBe(loss === 'stopped');
  }
  expect(ordersAcknowledged).toBeGreaterThan(500);
  expect({ lost, unfencedBatches }).toEqual({ lost: [], unfencedBatches: 0 });
  expect(Object.keys(invariants).length).toBeGreaterThan(20);
  expect(Object.entries(invariants).filter(([, holds]) => !holds)).toEqual([]);
});
