import type { CommandOrder } from '../plan/command-order';
import { CommandScheduler } from './command-scheduler';

function schedulerOf(
  after: readonly (readonly number[])[],
  more: Partial<CommandOrder> = {},
): CommandScheduler {
  const behind = new Int32Array(after.length).fill(-1);
  return new CommandScheduler({ after, behind, window: 100, ...more }, (command) => command % 2, 2);
}

describe('CommandScheduler', () => {
  it('gives each stream its commands in order, as many as asked for', () => {
    const scheduler = schedulerOf([[], [], [], [], []]);
    expect(scheduler.take(0, 2)).toEqual([0, 2]);
    expect(scheduler.take(0, 2)).toEqual([4]);
    expect(scheduler.take(1, 9)).toEqual([1, 3]);
    expect(scheduler.take(1, 9)).toEqual([]);
  });

  it('holds a command until all it comes after are acknowledged', () => {
    const scheduler = schedulerOf([[], [], [0, 1]]);
    scheduler.take(0, 9);
    scheduler.take(1, 9);
    scheduler.acknowledge(0);
    expect(scheduler.take(0, 9)).toEqual([]);
    scheduler.acknowledge(1);
    expect(scheduler.take(0, 9)).toEqual([2]);
  });

  it('sends a command behind another as soon as that one is sent, in the same breath', () => {
    const scheduler = schedulerOf([[], [], []], { behind: Int32Array.of(-1, -1, 0) });
    expect(scheduler.take(0, 9)).toEqual([0, 2]);
  });

  it('does not run further ahead of the oldest unacknowledged command than the window', () => {
    const scheduler = schedulerOf([[], [], [], []], { window: 2 });
    expect([...scheduler.take(0, 9), ...scheduler.take(1, 9)]).toEqual([0, 1]);
    scheduler.acknowledge(1);
    expect(scheduler.take(0, 9)).toEqual([]);
    scheduler.acknowledge(0);
    expect([...scheduler.take(0, 9), ...scheduler.take(1, 9)]).toEqual([2, 3]);
  });

  it('is done when every command is acknowledged, each once', () => {
    const scheduler = schedulerOf([[]]);
    expect(scheduler.isDone).toBe(false);
    scheduler.acknowledge(0);
    expect(scheduler.isDone).toBe(true);
    expect(() => scheduler.acknowledge(0)).toThrow('twice');
  });
});
