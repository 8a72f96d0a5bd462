import { audit } from '@clearway/contracts';
import type { AuditEvent } from '@clearway/domain-audit';
import { auditEventCodec } from './audit-event.codec';

const events: AuditEvent[] = [
  {
    kind: 'LeavesAppended',
    sourceShard: 'risk/0',
    firstEvent: 7,
    leafHashes: Buffer.alloc(64, 1),
    payload: Buffer.from([1, 2]),
  },
  { kind: 'CheckpointRecorded', size: 9, rootHash: Buffer.alloc(32, 2), note: 'a note\n' },
];

it.each(events)('decodes what it encodes: $kind', (event) => {
  expect(auditEventCodec.type(event)).toBe(event.kind);
  expect(auditEventCodec.decode(event.kind, auditEventCodec.encode(event))).toEqual(event);
});

it('refuses bytes that are no event, and hashes that are not those of the events', () => {
  expect(() => auditEventCodec.decode('Newer', Buffer.alloc(0))).toThrow(/Newer/);
  const value = {
    ...audit.LeavesAppended.decode(Buffer.alloc(0)),
    eventCount: 2,
    leafHashes: Buffer.alloc(32),
  };
  const bytes = audit.AuditEvent.encode({ event: { $case: 'leavesAppended', value } }).finish();
  expect(() => auditEventCodec.decode('LeavesAppended', bytes)).toThrow(/leaf hashes/);
});
