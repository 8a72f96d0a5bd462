import type { Plain } from '@clearway/kernel';
import type { Side } from './side';
import { StopBook } from './stop-book';
import { SeededRandom } from './testing/seeded-random';

interface NaiveStop {
  readonly orderId: number;
  readonly side: Side;
  stopTicks: number;
  readonly trailTicks: number | undefined;
  /** When it took its place at its price. */
  placed: number;
}

/** One list, looked through and sorted for every question. */
class NaiveStops {
  stops: NaiveStop[] = [];
  private clock = 0;

  add(orderId: number, side: Side, stopTicks: number, trailTicks?: number): void {
    this.stops.push({ orderId, side, stopTicks, trailTicks, placed: this.clock++ });
  }

  remove(orderId: number): void {
    this.stops = this.stops.filter((stop) => stop.orderId !== orderId);
  }

  releasedBy(last: number): number[] {
    const nearest = (side: Side): NaiveStop[] =>
      this.stops
        .filter(
          (stop) => stop.side === side && (side === 'BUY' ? last >= stop.stopTicks : last <= stop.stopTicks),
        )
        .sort((a, b) => {
          const further = side === 'BUY' ? a.stopTicks - b.stopTicks : b.stopTicks - a.stopTicks;
          return further || a.placed - b.placed;
        });
    return [...nearest('BUY'), ...nearest('SELL')].map(({ orderId }) => orderId);
  }

  trail(last: number): void {
    for (const stop of this.stops) {
      if (stop.trailTicks === undefined) continue;
      const to =
        stop.side === 'BUY'
          ? Math.min(stop.stopTicks, last + stop.trailTicks)
          : Math.max(stop.stopTicks, last - stop.trailTicks);
      if (to !== stop.stopTicks) Object.assign(stop, { stopTicks: to, placed: this.clock++ });
    }
  }
}

describe('stop book', () => {
  it('releases the nearest first, at one price in the order of arrival', () => {
    const book = new StopBook();
    book.add(1, 'BUY', 105);
    book.add(2, 'BUY', 103);
    book.add(3, 'BUY', 103);
    book.add(4, 'SELL', 95);
    book.add(5, 'SELL', 97);
    expect(book.releasedBy(100)).toEqual([]);
    expect(book.releasedBy(105)).toEqual([2, 3, 1]);
    expect(book.releasedBy(103)).toEqual([2, 3]);
    expect(book.releasedBy(95)).toEqual([5, 4]);
    expect([book.orderCount, book.has(4), book.remove(4), book.remove(4)]).toEqual([5, true, true, false]);
  });

  it('lets trailing stops follow and never go back, within the prices there are', () => {
    const book = new StopBook();
    book.addTrailing(1, 'SELL', 10, 100);
    book.addTrailing(2, 'BUY', 10, 100);
    book.addTrailing(3, 'SELL', 500, 100);
    expect([1, 2, 3].map((id) => book.stopPriceTicks(id))).toEqual([90, 110, 1]);
    book.trail(107);
    book.trail(99);
    expect([1, 2, 3].map((id) => book.stopPriceTicks(id))).toEqual([97, 109, 1]);
    expect([book.releasedBy(97), book.releasedBy(109)]).toEqual([[1], [2]]);
  });

  it('says whether a stop is reached before it waits', () => {
    expect(StopBook.isReached('BUY', 100, 100) && StopBook.isReached('SELL', 100, 99)).toBe(true);
    expect(StopBook.isReached('BUY', 100, 99) || StopBook.isReached('SELL', 100, 101)).toBe(false);
  });

  it('agrees with a naive list, and so does its copy through a snapshot', () => {
    const random = new SeededRandom(5);
    let book = new StopBook();
    const naive = new NaiveStops();
    let last = 500;
    for (let id = 1; id <= 20_000; id++) {
      const side = random.pick(['BUY', 'SELL'] as const);
      const away = (1 + random.below(40)) * (side === 'BUY' ? 1 : -1);
      if (random.below(3) === 0) {
        book.addTrailing(id, side, Math.abs(away), last);
        naive.add(id, side, last + away, Math.abs(away));
      } else {
        book.add(id, side, last + away);
        naive.add(id, side, last + away);
      }
      const victim = naive.stops[random.below(60)];
      if (victim) {
        naive.remove(victim.orderId);
        book.remove(victim.orderId);
      }
      last = Math.min(900, Math.max(100, last + random.below(21) - 10));
      const released = book.releasedBy(last);
      if (released.join() !== naive.releasedBy(last).join()) throw new Error(`call ${id} releases others`);
      for (const each of released) {
        book.remove(each);
        naive.remove(each);
      }
      book.trail(last);
      naive.trail(last);
      if (id % 100 === 0) book = StopBook.restore(JSON.parse(JSON.stringify(book.snapshot())));
    }
    expect(book.orderCount).toBe(naive.stops.length);
  });

  it.each<[string, (plain: Record<string, Plain>) => unknown]>([
    ['nothing', () => undefined],
    ['another version', (plain) => ({ ...plain, version: 2 })],
    ['no trailing stops', (plain) => ({ ...plain, trailing: undefined })],
    [
      'a trailing stop without a distance',
      (plain) => ({ ...plain, trailing: [{ orderId: 1, side: 'SELL' }] }),
    ],
    [
      'a trailing stop twice',
      (plain) => ({ ...plain, trailing: [1, 2].map(() => (plain.trailing as Plain[])[0]) }),
    ],
    [
      'a trailing stop of the other side',
      (plain) => ({ ...plain, trailing: [{ orderId: 1, side: 'BUY', trailTicks: 5 }] }),
    ],
    ['no ladder', (plain) => ({ ...plain, ladder: undefined })],
  ])('refuses a snapshot with %s', (_, change) => {
    const book = new StopBook();
    book.addTrailing(1, 'SELL', 5, 100);
    expect(() => StopBook.restore(change(book.snapshot() as unknown as Record<string, Plain>))).toThrow(
      /order book/,
    );
  });
});
