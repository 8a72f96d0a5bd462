import { type Plain, PlainFields, PlainList, PlainPage, type PlainParts } from '@clearway/kernel';
import { cut } from './snapshot';
import { TradingDesk } from './testing/trading-desk';
import { tradingMachine } from './trading-machine';

const ORDERS = 5_000;
const ACCOUNTS = 3;
const SNAPSHOT_EVERY = 125;
const PRICES = 20;

/** Writes a cut as the journal does, in text: items, and the bytes of pages where they are known. */
class Writer {
  /** Pages that were taken as they were. */
  known = 0;

  write(parts: PlainParts): unknown {
    if (parts instanceof PlainFields)
      return Object.fromEntries(Object.entries(parts.fields).map(([name, part]) => [name, this.write(part)]));
    if (!(parts instanceof PlainList)) return textOf(parts);
    const items = [...parts.items].flatMap((item) =>
      item instanceof PlainPage ? this.page(item) : [this.write(item)],
    );
    parts.release();
    return items;
  }

  private page({ items, written }: PlainPage): unknown[] {
    if (written.bytes === undefined)
      written.bytes = Buffer.from(JSON.stringify([...items].map((item) => textOf(item))));
    else this.known += 1;
    return JSON.parse(Buffer.from(written.bytes).toString()) as unknown[];
  }
}

/** What JSON makes of it, amounts of money as texts. */
function textOf(value: Plain): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each)),
  );
}

/** Always the same numbers, of at least 0 and below `max`. */
function numbersFrom(seed: number): (max: number) => number {
  let state = seed;
  return (max) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * max);
  };
}

it('writes pages again only where they changed, and what the events make of an empty state', () => {
  const desk = new TradingDesk();
  const next = numbersFrom(7);
  const writer = new Writer();
  const replayed = tradingMachine.create();
  const accounts: string[] = [];
  let applied = 0;
  for (let placed = 1; placed <= ORDERS; placed++) {
    const price = (100 + (next(PRICES) - PRICES / 2) / 100).toFixed(2);
    const account = `owner${next(ACCOUNTS)}.main`;
    accounts.push(account);
    desk.place({
      account,
      clOrdId: `o${placed}`,
      side: next(2) === 0 ? 'BUY' : 'SELL',
      quantity: String(1 + next(9)),
      price,
    });
    // Mostly lately placed ones, sometimes one of a page that nobody has asked for in a while.
    const canceled = next(300) === 0 ? 1 + next(placed) : Math.max(1, placed - next(100));
    if (next(3) === 0) desk.cancel(accounts[canceled - 1]!, `o${canceled}`);
    if (placed % SNAPSHOT_EVERY !== 0) continue;
    for (const { event, atMicros } of desk.events.slice(applied))
      tradingMachine.evolve(replayed, event, atMicros);
    applied = desk.events.length;
    expect(writer.write(cut(desk.state))).toEqual(textOf(tradingMachine.snapshot(replayed)));
  }
  expect(writer.known).toBeGreaterThan(10);
});
