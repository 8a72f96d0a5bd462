import { journal } from '@clearway/contracts';
import fc from 'fast-check';
import { BatchWriter } from './batch-writer';
import type { CommandContextInput } from './event-codec';

const context = fc.record({
  actor: fc.string(),
  address: fc.string(),
  device: fc.string({ unit: 'grapheme', maxLength: 200 }),
  traceparent: fc.constantFrom('', '00-aa-bb-01'),
  method: fc.string(),
});
const command = fc.record({
  context,
  atMicros: fc.maxSafeInteger().map(Math.abs),
  events: fc.array(
    fc.record({ type: fc.string({ maxLength: 200 }), data: fc.uint8Array({ maxLength: 300 }) }),
  ),
});
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

function expected(commands: readonly Command[]): journal.Batch {
  const batch: journal.Batch = { contexts: [], events: [] };
  for (const { context: input, atMicros, events } of commands.filter((one) => one.events.length > 0)) {
    batch.contexts.push({ ...input, atMicros });
    for (const { type, data } of events) {
      batch.events.push({ context: batch.contexts.length - 1, type, data: Buffer.from(data) });
    }
  }
  return batch;
}

describe('BatchWriter', () => {
  it('writes what the generated codec reads, with one writer for many batches', () => {
    const writer = new BatchWriter();
    fc.assert(
      fc.property(fc.array(command), (commands) => {
        for (const { context: input, atMicros, events } of commands) {
          for (const { type, data } of events) writer.add(type, data, input, atMicros);
        }
        const { eventCount, byteLength } = writer;
        const payload = writer.finish();
        expect(payload.length).toBe(byteLength);
        expect(journal.Batch.decode(payload)).toEqual(expected(commands));
        expect(eventCount).toBe(journal.Batch.decode(payload).events.length);
      }),
    );
  });

  it('writes a command that stays in one context once, and again when time goes on', () => {
    const writer = new BatchWriter();
    const input: CommandContextInput = { actor: 'a', address: '', device: '', traceparent: '', method: 'm' };
    for (const atMicros of [1, 1, 2]) writer.add('E', Buffer.alloc(0), input, atMicros);
    const batch = journal.Batch.decode(writer.finish());
    expect(batch.contexts.map(({ atMicros }) => atMicros)).toEqual([1, 2]);
    expect(batch.events.map((event) => event.context)).toEqual([0, 0, 1]);
  });

  it('grows beyond its first buffer', () => {
    const writer = new BatchWriter();
    const input: CommandContextInput = { actor: 'a', address: '', device: '', traceparent: '', method: '' };
    for (let i = 0; i < 300; i++) writer.add('Event', Buffer.alloc(20_000, i), input, i);
    const { events } = journal.Batch.decode(writer.finish());
    expect(events).toHaveLength(300);
    expect(events[299]?.data[19_999]).toBe(299 & 255);
    expect(writer.byteLength).toBe(0);
  });
});
