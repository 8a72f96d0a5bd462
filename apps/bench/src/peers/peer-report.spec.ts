import { newHistogram } from '../system/load-lane';
import { peersReport, peersTable } from './peer-report';

const clearway = { ordersPerSecond: 2_000, cpuMicrosPerOrder: { total: 800 } };

function measured(postgresMicros: number | undefined) {
  const latency = newHistogram();
  for (let index = 1; index <= 100; index += 1) latency.recordValue(index * 1_000);
  return {
    seconds: 5,
    sagas: 1_000,
    sagasInAll: 1_500,
    latency,
    cpu: { nodeMicros: 1_500_000, postgresMicros },
  };
}

it('gives rates over the measured time alone, CPU a saga and the ratios to Clearway', () => {
  const { naive, dbos } = peersReport(clearway, { naive: measured(500_000), dbos: measured(1_700_000) });
  expect(naive.sagasPerSecond).toBe(200);
  expect(naive.cpuMicrosPerSaga).toEqual({ node: 1_500, postgres: 500, total: 2_000 });
  expect(naive.ratios).toEqual({ rate: 10, cpu: 2.5 });
  expect([Math.round(naive.sagaMs.p50), Math.round(naive.sagaMs.p99)]).toEqual([50, 99]);
  expect(dbos?.ratios).toEqual({ rate: 10, cpu: 4 });
});

it('leaves out what it does not know instead of counting it as nothing', () => {
  const report = peersReport(clearway, { naive: measured(undefined), dbos: undefined });
  expect(report).not.toHaveProperty('dbos');
  expect(report.naive.cpuMicrosPerSaga).toEqual({ node: 1_500 });
  expect(report.naive.ratios).toEqual({ rate: 10 });
  expect(peersTable(report)).toContain('dbos: not installed');
  expect(peersTable(report)).toContain('postgres unknown total unknown');
});
