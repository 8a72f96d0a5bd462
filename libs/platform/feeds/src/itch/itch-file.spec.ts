import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodeItch, type ItchFields } from './itch-codec';
import { readItchFile } from './itch-file';
import { ItchFrames } from './itch-frames';

function framed(...messages: readonly Buffer[]): Buffer {
  return Buffer.concat(
    messages.flatMap((message) => {
      const prefix = Buffer.alloc(2);
      prefix.writeUInt16BE(message.length);
      return [prefix, message];
    }),
  );
}

const order: ItchFields = {
  stockLocate: 7n,
  timestamp: 34_200_000_000_001n,
  orderReferenceNumber: 1_234_567_890_123n,
  buySellIndicator: 'B',
  shares: 300n,
  stock: 'MSFT',
  price: 4_012_300n,
};
const replacement: ItchFields = {
  stockLocate: 7n,
  originalOrderReferenceNumber: 5n,
  newOrderReferenceNumber: 6n,
  shares: 70n,
  price: 99n,
};

describe('frames', () => {
  const file = framed(encodeItch('A', order), encodeItch('D', order), encodeItch('U', replacement));

  it.each([1, 2, 3, 7, 38, 1_000])('come whole out of chunks of %i bytes', (size) => {
    const seen: string[] = [];
    const frames = new ItchFrames((bytes, at, length) =>
      seen.push(`${String.fromCharCode(bytes[at]!)}${length}`),
    );
    for (let at = 0; at < file.length; at += size) frames.push(file.subarray(at, at + size));
    frames.end();
    expect(seen).toEqual(['A36', 'D19', 'U35']);
  });

  it('end with a length of zero, whatever follows', () => {
    const seen: number[] = [];
    const frames = new ItchFrames((_, __, length) => seen.push(length));
    frames.push(Buffer.concat([file, Buffer.alloc(2), Buffer.from('rubbish')]));
    frames.push(file);
    frames.end();
    expect(seen).toEqual([36, 19, 35]);
  });

  it('do not end within a message', () => {
    const frames = new ItchFrames(() => undefined);
    frames.push(file.subarray(0, 50));
    expect(() => frames.end()).toThrow('ends within a message');
  });
});

describe('an ITCH file', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'feeds-itch-'));
  });
  afterEach(async () => rm(dir, { recursive: true, force: true }));

  it.each(['day.itch', 'day.itch.gz'])('is visited message by message: %s', async (name) => {
    const bytes = framed(
      encodeItch('F', order),
      encodeItch('E', { ...order, executedShares: 100n }),
      encodeItch('C', { ...order, executedShares: 50n }),
      encodeItch('X', { ...order, cancelledShares: 20n }),
      encodeItch('U', replacement),
      Buffer.from('~of the future'),
    );
    await writeFile(join(dir, name), name.endsWith('.gz') ? gzipSync(bytes) : bytes);
    const seen: unknown[] = [];
    const totals = await readItchFile(join(dir, name), (m) => {
      if (m.type === 'F')
        seen.push([
          m.stockLocate,
          m.timestampNs,
          m.orderReferenceNumber,
          m.isBuy,
          m.shares,
          m.stock,
          m.price,
        ]);
      else if (m.type === 'U')
        seen.push([m.orderReferenceNumber, m.newOrderReferenceNumber, m.newShares, m.newPrice]);
      else seen.push([m.type, m.orderReferenceNumber, m.reducedShares]);
    });
    expect(totals).toEqual({ messages: 6, unknown: 1 });
    expect(seen).toEqual([
      [7, 34_200_000_000_001, 1_234_567_890_123, true, 300, 'MSFT', 4_012_300],
      ['E', 1_234_567_890_123, 100],
      ['C', 1_234_567_890_123, 50],
      ['X', 1_234_567_890_123, 20],
      [5, 6, 70, 99],
    ]);
  });

  it('is refused when a message has not the length of its type', async () => {
    const file = join(dir, 'day.itch');
    await writeFile(file, framed(encodeItch('D', order), encodeItch('A', order).subarray(0, 35)));
    await expect(readItchFile(file, () => undefined)).rejects.toThrow('message 2 (A) has 35 bytes, not 36');
  });

  it('takes no more memory when it is fifty times as long', async () => {
    const block = framed(...Array.from({ length: 20_000 }, () => encodeItch('D', order)));
    const file = join(dir, 'day.itch');
    await writeFile(file, Buffer.concat(Array.from({ length: 50 }, () => block)));
    const before = process.memoryUsage().arrayBuffers;
    let highest = 0;
    let count = 0;
    await readItchFile(file, () => {
      if (++count % 50_000 === 0) highest = Math.max(highest, process.memoryUsage().arrayBuffers);
    });
    expect(count).toBe(1_000_000);
    expect(highest - before).toBeLessThan(block.length * 25);
  });
});
