import { journal } from '@clearway/contracts';
import { entryLeafHash, entryLeafHashes } from '@clearway/domain-audit';
import fc from 'fast-check';
import { MalformedBatchError } from './field-cursor';
import { dropEvents, entriesOf, leafHashesOf, sliceBatch } from './source-batch';

const context = fc.record<journal.CommandContext>({
  atMicros: fc.maxSafeNat(),
  actor: fc.string(),
  address: fc.string(),
  device: fc.string(),
  traceparent: fc.string(),
  method: fc.string(),
});

const batches = fc.array(context, { minLength: 1, maxLength: 4 }).chain((contexts) =>
  fc.record<journal.Batch>({
    contexts: fc.constant(contexts),
    events: fc.array(
      fc.record({
        context: fc.nat(contexts.length - 1),
        type: fc.stringMatching(/^[!-~]{1,200}$/),
        data: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      }),
      { maxLength: 6 },
    ),
  }),
);

const encode = (batch: journal.Batch): Buffer => Buffer.from(journal.Batch.encode(batch).finish());

it('cuts what the generated codec writes', () => {
  fc.assert(
    fc.property(batches, (batch) => {
      const { contexts, events } = sliceBatch(encode(batch));
      expect(contexts.map((bytes) => journal.CommandContext.decode(bytes))).toEqual(batch.contexts);
      expect(events).toEqual(batch.events);
    }),
  );
});

it('drops the first events and keeps all other bytes', () => {
  fc.assert(
    fc.property(batches, fc.nat(7), (batch, count) => {
      const kept = journal.Batch.decode(dropEvents(encode(batch), count));
      expect(kept).toEqual({ contexts: batch.contexts, events: batch.events.slice(count) });
    }),
  );
});

it('hashes where the bytes stand as whole entries are hashed', () => {
  fc.assert(
    fc.property(batches, fc.nat(2 ** 40), (batch, firstEvent) => {
      const entries = entriesOf('trading/0', firstEvent, sliceBatch(encode(batch)));
      expect(leafHashesOf('trading/0', firstEvent, encode(batch))).toEqual(entryLeafHashes(entries));
    }),
  );
});

it('hashes leaves of any length', () => {
  const long = { context: 0, type: 'Long', data: Buffer.alloc(100_000, 7) };
  const batch = { contexts: [{ ...CONTEXT, actor: 'a' }], events: [long, { ...long, data: Buffer.of(1) }] };
  const entries = entriesOf('risk/0', 3, sliceBatch(encode(batch)));
  expect(leafHashesOf('risk/0', 3, encode(batch))).toEqual(entryLeafHashes(entries));
});

it.each([
  ['a shard of another spelling', 'risk', 0, 'Type', 'BAD_SOURCE_SHARD'],
  ['an event number that is not exact', 'risk/0', 2 ** 53, 'Type', 'BAD_NUMBER'],
  ['no type', 'risk/0', 0, '', 'BAD_EVENT_TYPE'],
  ['a type with a space', 'risk/0', 0, 'Ty pe', 'BAD_EVENT_TYPE'],
  ['a type beyond ASCII', 'risk/0', 0, 'Typé', 'BAD_EVENT_TYPE'],
  ['a type that is too long', 'risk/0', 0, 'T'.repeat(256), 'BAD_EVENT_TYPE'],
])('hashes nothing with %s', (_, shard, number, type, defect) => {
  const payload = encode({ contexts: [CONTEXT], events: [{ context: 0, type, data: Buffer.alloc(0) }] });
  expect(() => leafHashesOf(shard, number, payload)).toThrow(defect);
});

it('hashes an event with the bytes of its context and its own, as entryLeafHash says', () => {
  const one = { atMicros: 7, actor: 'a', address: '', device: '', traceparent: '', method: 'm' };
  const batch = {
    contexts: [one, { ...one, atMicros: 9 }],
    events: [
      { context: 1, type: 'OrderAccepted', data: Buffer.from([1, 2]) },
      { context: 0, type: 'OrderOpened', data: Buffer.alloc(0) },
    ],
  };
  const hashes = leafHashesOf('trading/0', 40, encode(batch));
  const second = {
    sourceShard: 'trading/0',
    eventNumber: 41,
    recordedAtMicros: 7,
    contextBytes: journal.CommandContext.encode(one).finish(),
    eventType: 'OrderOpened',
    eventBytes: new Uint8Array(0),
  };
  expect(hashes).toHaveLength(64);
  expect(hashes.subarray(32)).toEqual(entryLeafHash(second));
  expect(
    entriesOf('trading/0', 40, sliceBatch(encode(batch))).map((entry) => entry.recordedAtMicros),
  ).toEqual([9, 7]);
});

it('covers fields that this version does not know', () => {
  const known = Buffer.from(journal.CommandContext.encode({ ...CONTEXT, actor: 'a' }).finish());
  const newer = Buffer.concat([known, Buffer.from([0x7a, 1, 0x21])]); // field 15, one byte
  const payload = Buffer.concat([
    Buffer.from([0x0a, newer.length]),
    newer,
    Buffer.from([0x12, 3, 0x12, 1, 0x45]), // an event of type "E"
  ]);
  expect(entriesOf('risk/0', 0, sliceBatch(payload))[0]?.contextBytes).toEqual(newer);
});

const CONTEXT = { atMicros: 0, actor: '', address: '', device: '', traceparent: '', method: '' };

it.each([
  ['a field beyond the end', [0x0a, 5, 1]],
  ['an endless varint', [0x80, 0x80]],
  ['a group', [0x0b]],
  ['an event without its context', [0x12, 3, 0x12, 1, 0x45]],
])('refuses %s', (_, bytes) => {
  expect(() => sliceBatch(Buffer.from(bytes))).toThrow(MalformedBatchError);
});
