import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeItch, type ItchFields } from '@clearway/platform-feeds';
import { checkItch, type ItchCheck } from './check-itch';

async function check(messages: readonly (readonly [type: string, fields: ItchFields])[]): Promise<ItchCheck> {
  const dir = await mkdtemp(join(tmpdir(), 'feed-check-'));
  try {
    const file = join(dir, 'day.itch');
    const frames = messages.map(([type, fields]) => {
      const bytes = encodeItch(type, { stockLocate: 1n, ...fields });
      return Buffer.concat([Buffer.from([0, bytes.length]), bytes]);
    });
    await writeFile(file, Buffer.concat(frames));
    return await checkItch(file);
  } finally {
    await rm(dir, { recursive: true });
  }
}

const order = (id: bigint, shares = 100n, stockLocate = 1n): ['A', ItchFields] => [
  'A',
  { stockLocate, orderReferenceNumber: id, buySellIndicator: 'S', shares, stock: 'X', price: 50_000n },
];
const named = (id: bigint, fields: ItchFields = {}): ItchFields => ({ orderReferenceNumber: id, ...fields });

describe('the check of an ITCH file', () => {
  it('rebuilds a book per stock and passes over what changes none', async () => {
    const { faults, byType, ...result } = await check([
      ['S', { eventCode: 'O' }],
      ['R', { stock: 'X' }],
      order(1n),
      order(2n, 100n, 9n),
      ['E', named(1n, { executedShares: 30n })],
      ['C', named(1n, { executedShares: 30n, executionPrice: 49_000n })],
      ['X', named(1n, { cancelledShares: 20n })],
      ['U', { originalOrderReferenceNumber: 1n, newOrderReferenceNumber: 3n, shares: 5n, price: 1n }],
      ['E', named(3n, { executedShares: 5n })],
      ['P', named(0n, { shares: 5n, price: 1n })],
    ]);
    expect(faults).toEqual([]);
    expect(result).toEqual({ messages: 10, unknown: 0, books: 2, openOrders: 1, faultCount: 0 });
    expect(byType.get('E')).toBe(2);
  });

  it.each([
    ['an order twice', order(1n), 'order 1 cannot be added'],
    ['an order without shares', order(2n, 0n), 'order 2 cannot have 0 at 50000'],
    ['an execution of nobody', ['E', named(7n, { executedShares: 1n })], 'order 7 does not rest'],
    ['too large an execution', ['E', named(1n, { executedShares: 101n })], 'order 1 has 100 shares, not 101'],
    ['a delete of nobody', ['D', named(7n)], 'order 7 does not rest'],
    ['a replacement of nobody', ['U', { originalOrderReferenceNumber: 7n }], 'order 7 does not rest'],
  ] as const)('sees %s', async (_, message, fault) => {
    const { faultCount, faults, openOrders } = await check([order(1n), message as [string, ItchFields]]);
    expect([faultCount, openOrders]).toEqual([1, 1]);
    expect(faults[0]).toContain(fault);
  });
});
