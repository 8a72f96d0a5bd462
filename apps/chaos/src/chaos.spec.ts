import { chaosProblems, chaosReport, chaosTable } from './chaos-report';
import { type ChaosResult, runChaos } from './run-chaos';

jest.setTimeout(290_000);

const FAULT_SECONDS = 60;
const SEED = 8;

it('loses nothing that was acknowledged, whatever fails', async () => {
  const result = await runChaos({ seconds: FAULT_SECONDS, seed: SEED, ordersATick: 2 }, () => undefined);
  // What could not happen on this machine is told, and so is what did.
  process.stdout.write(`${chaosTable(result)}\n`);
  expect(chaosProblems(result)).toEqual([]);
  expect(result.faults.length).toBeGreaterThan(10);
  expect(result.ordersAcknowledged).toBeGreaterThan(500);
  expect(result.invariants.length).toBeGreaterThan(20);
});

describe('the report', () => {
  const result: ChaosResult = {
    seed: 1,
    faults: [
      { name: 'cut', what: 'a', startedAtMs: 1_000, endedAtMs: 2_000 },
      { name: 'cut', what: 'b', startedAtMs: 9_000, endedAtMs: 9_500 },
      { name: 'kill', what: 'c', startedAtMs: 5_000, endedAtMs: 5_001 },
    ],
    skipped: [],
    ordersAcknowledged: 10,
    cancelsAcknowledged: 2,
    lost: ['o-1: is not there'],
    outages: [
      { startedAtMs: 1_500, lengthMs: 700 },
      { startedAtMs: 5_500, lengthMs: 2_400 },
    ],
    endings: { 'risk 1': 2 },
    invariants: [
      { name: 'holds', holds: true, detail: '' },
      { name: 'broken', holds: false, detail: 'by one' },
    ],
  };

  it('names everything that is missing', () => {
    expect(chaosProblems(result)).toEqual([
      'lost: o-1: is not there',
      'the invariant broken does not hold: by one',
    ]);
    expect(chaosProblems({ ...result, ordersAcknowledged: 0 })[0]).toBe('no order was acknowledged at all');
  });

  it('counts kinds, and takes the longest outage', () => {
    const { faults, ordersLost, longestOutageMs, invariants } = chaosReport(result);
    expect(faults).toEqual({ cut: 2, kill: 1 });
    expect({ ordersLost, longestOutageMs }).toEqual({ ordersLost: 1, longestOutageMs: 2_400 });
    expect(invariants).toEqual({ holds: true, broken: false });
    expect(chaosTable(result)).toMatch(/kill +1 +2400 ms/);
  });
});
