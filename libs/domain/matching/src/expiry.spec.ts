import { ExpiryQueue, NEVER } from './expiry';
import { SeededRandom } from './testing/seeded-random';

describe('the expiry queue', () => {
  it('gives what is due by time, then by id, however it came in', () => {
    const queue = new ExpiryQueue();
    for (const [id, time] of [
      [9, 20],
      [3, 20],
      [7, 10],
      [1, 30],
      [5, NEVER],
    ] as const)
      queue.add(id, time);
    expect([queue.size, queue.nextAtMicros]).toEqual([4, 10]);
    expect(queue.dueAt(9)).toEqual([]);
    expect(queue.dueAt(20)).toEqual([7, 3, 9]);
    expect(queue.dueAt(30, 2)).toEqual([7, 3]);
    expect([queue.remove(7), queue.remove(7), queue.remove(5)]).toEqual([true, false, false]);
    expect(queue.nextAtMicros).toBe(20);
  });

  it('refuses an order twice and a time that is none', () => {
    const queue = new ExpiryQueue();
    queue.add(1, 5);
    expect(() => queue.add(1, 6)).toThrow('expires already');
    expect(() => queue.add(2, Number.NaN)).toThrow('cannot expire');
  });

  it('agrees with a list that is searched', () => {
    const random = new SeededRandom(3);
    const queue = new ExpiryQueue();
    let list: { id: number; at: number }[] = [];
    for (let id = 1; id <= 5_000; id++) {
      const at = random.below(400);
      queue.add(id, at);
      list.push({ id, at });
      const gone = 1 + random.below(id);
      expect(queue.remove(gone)).toBe(list.some((each) => each.id === gone));
      list = list.filter((each) => each.id !== gone);
      if (id % 500 !== 0) continue;
      const due = list.filter((each) => each.at <= 200).sort((a, b) => a.at - b.at || a.id - b.id);
      expect(queue.dueAt(200)).toEqual(due.map((each) => each.id));
      expect(queue.nextAtMicros).toBe(Math.min(...list.map((each) => each.at)));
    }
  });
});
