import { until } from './until';

describe('until', () => {
  it('gives what the probe found at last', async () => {
    let looks = 0;
    const found = await until('the third look', () => {
      looks += 1;
      return looks === 3 && { looks };
    });
    expect(found).toEqual({ looks: 3 });
  });

  it('takes 0 and the empty text for finds, and undefined and false for none', async () => {
    expect(await until('a zero', () => 0)).toBe(0);
    expect(await until('a text', () => '')).toBe('');
    const nothing = (): undefined => undefined;
    await expect(until('nothing', nothing, { timeoutMs: 20, intervalMs: 5 })).rejects.toThrow('for nothing');
    await expect(until('no', () => false, { timeoutMs: 20, intervalMs: 5 })).rejects.toThrow('for no');
  });

  it('looks again after an error, and names the last one when the time is over', async () => {
    const probe = (): never => {
      throw new Error('not there');
    };
    await expect(until('a door', probe, { timeoutMs: 20, intervalMs: 5 })).rejects.toThrow(
      'waited 20 ms in vain for a door; the last look failed: not there',
    );
  });
});
