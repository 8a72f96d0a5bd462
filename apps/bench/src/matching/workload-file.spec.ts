import { parseWorkload } from './workload-file';

function fileOf(count: number, records: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(16);
  header.write('100_WBEM', 'latin1');
  header.writeUInt32LE(1, 8);
  header.writeUInt32LE(count, 12);
  return Buffer.concat([header, ...records]);
}

function record(sequence: number, orderId: bigint, priceTicks: bigint): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.set([2, 1, 0], 0);
  bytes.writeUInt32LE(77, 4);
  bytes.writeBigUInt64LE(BigInt(sequence), 8);
  bytes.writeBigUInt64LE(orderId, 16);
  bytes.writeBigInt64LE(priceTicks, 24);
  return bytes;
}

describe('a workload file', () => {
  it('is read field by field', () => {
    const workload = parseWorkload(fileOf(2, [record(0, 5n, 33_504n), record(1, 2n ** 40n, 2n ** 35n)]));
    expect([...workload.types, ...workload.sides, ...workload.quantitiesLots]).toEqual([2, 2, 1, 1, 77, 77]);
    expect([...workload.orderIds, ...workload.pricesTicks]).toEqual([5, 2 ** 40, 33_504, 2 ** 35]);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['other bytes', Buffer.alloc(16, 7)],
    ['half a record', fileOf(2, [record(0, 1n, 1n)])],
    ['a gap', fileOf(1, [record(3, 1n, 1n)])],
  ])('is refused when it is %s', (_, bytes) => {
    expect(() => parseWorkload(bytes)).toThrow(/workload/);
  });
});
