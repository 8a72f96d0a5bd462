import { entryLeafHash } from '@clearway/domain-audit';
import { crc32c } from '@clearway/platform-journal';
import { dropEvents, entriesOf, leafHashesOf, sliceBatch } from '../codec/source-batch';
import { batchOf } from './memory-audit.fixture';
import { appendOf, SourceBatchError } from './source-append';

const batch = batchOf('trading/0', 10, 3);

it('appends a batch that begins where it is expected, payload untouched', () => {
  const append = appendOf('trading/0', batch, 10);
  expect(append).toEqual({
    kind: 'Append',
    sourceShard: 'trading/0',
    firstEvent: 10,
    leafHashes: leafHashesOf('trading/0', 10, batch.payload),
    payload: batch.payload,
  });
});

it.each([11, 12])('drops the events below %i, and the leaves stay those of the whole batch', (expected) => {
  const append = appendOf('trading/0', batch, expected);
  const entries = entriesOf('trading/0', 10, sliceBatch(batch.payload)).slice(expected - 10);
  expect(append?.firstEvent).toBe(expected);
  expect(append?.payload).toEqual(dropEvents(batch.payload, expected - 10));
  expect(Buffer.from(append!.leafHashes)).toEqual(Buffer.concat(entries.map(entryLeafHash)));
});

it.each([13, 20])('drops a batch that lies wholly below %i', (expected) => {
  expect(appendOf('trading/0', batch, expected)).toBeUndefined();
});

it.each([
  ['GAP', batch, 9],
  ['OTHER_SHARD', { ...batch, shard: 'risk/0' }, 10],
  ['CORRUPT', { ...batch, crc32c: 1 }, 10],
  ['EVENT_COUNT', { ...batch, eventCount: 4 }, 10],
  ['EVENT_COUNT', { ...batch, payload: Buffer.alloc(0), crc32c: crc32c(Buffer.alloc(0)) }, 10],
])('%s', (problem, bad, expected) => {
  expect(() => appendOf('trading/0', bad, expected)).toThrow(
    expect.objectContaining({ constructor: SourceBatchError, problem }),
  );
});
