import { JournalClock } from './journal-clock';

function clocks(lastMicros: number) {
  const now = { wallMicros: 1_000_000, steadyMs: 50 };
  const clock = new JournalClock(
    () => now.wallMicros,
    () => now.steadyMs,
    lastMicros,
  );
  const pass = (seconds: number): number => {
    now.wallMicros += seconds * 1e6;
    now.steadyMs += seconds * 1e3;
    return clock.next() / 1e6;
  };
  return { now, clock, pass };
}

it('is the wall clock while that goes on', () => {
  const { pass } = clocks(0);
  expect([pass(1), pass(0), pass(2.5)]).toEqual([2, 2, 4.5]);
});

it('goes on slowly while the wall clock is behind, until that has caught up', () => {
  const { now, pass } = clocks(0);
  now.wallMicros += 10e6;
  expect(pass(0)).toBe(11);
  now.wallMicros -= 10e6;
  expect([pass(0), pass(4), pass(10), pass(10)]).toEqual([11, 13, 18, 25]);
});

it('begins at the last journaled time of an owner whose clock was ahead', () => {
  const { pass } = clocks(3_601e6);
  expect([pass(0), pass(10)]).toEqual([3_601, 3_606]);
});
