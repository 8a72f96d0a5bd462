import { GrowthRecorder } from './growth';
import { newPhase } from './load-lane';

it('tells each interval by itself, not the sum of those before', async () => {
  jest.useFakeTimers();
  const phase = newPhase();
  const usage = () => new Map([['trading', { cpuMicros: 0, memoryBytes: 5 }]]);
  const recorder = new GrowthRecorder(phase, 1, undefined, usage);
  const interval = async (orders: number, micros: number): Promise<void> => {
    for (let index = 0; index < orders; index += 1) phase.answers.recordValue(micros);
    phase.counts.ordersAnswered += orders;
    await jest.advanceTimersByTimeAsync(1_000);
  };
  await interval(100, 2_000);
  await interval(300, 8_000);
  jest.useRealTimers();
  const points = await recorder.stop();
  expect(points.map(({ atSecond }) => atSecond)).toEqual([1, 2]);
  expect(points.map(({ ordersPerSecond }) => Math.round(ordersPerSecond))).toEqual([100, 300]);
  expect(points.map(({ answerMsP50 }) => Math.round(answerMsP50))).toEqual([2, 8]);
  expect(points[1]?.memoryBytes).toEqual(new Map([['trading', 5]]));
});
