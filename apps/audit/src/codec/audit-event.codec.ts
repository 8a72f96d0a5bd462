import { audit } from '@clearway/contracts';
import { type AuditEvent, HASH_BYTES } from '@clearway/domain-audit';
import type { EventCodec } from '@clearway/platform-journal';
import { bufferOf } from './buffer-of';

type WireCase = NonNullable<audit.AuditEvent['event']>;

/** Audit's events as they stand in its journal: clearway.audit.v1.AuditEvent. */
export const auditEventCodec: EventCodec<AuditEvent> = {
  type: (event) => event.kind,
  encode: (event) => audit.AuditEvent.encode({ event: toWire(event) }).finish(),
  decode: (type, data) => {
    const { event } = audit.AuditEvent.decode(data);
    if (event === undefined) throw new RangeError(`${type} is no event that this version knows`);
    return fromWire(event);
  },
};

function toWire(event: AuditEvent): WireCase {
  if (event.kind === 'CheckpointRecorded') {
    const { size, rootHash, note } = event;
    return {
      $case: 'checkpointRecorded',
      value: { treeSize: size, rootHash: bufferOf(rootHash), checkpoint: note },
    };
  }
  const { sourceShard, firstEvent, leafHashes, payload } = event;
  const eventCount = leafHashes.length / HASH_BYTES;
  return {
    $case: 'leavesAppended',
    value: {
      sourceShard,
      firstEvent,
      eventCount,
      payload: bufferOf(payload),
      leafHashes: bufferOf(leafHashes),
    },
  };
}

function fromWire({ $case, value }: WireCase): AuditEvent {
  if ($case === 'checkpointRecorded') {
    const { treeSize, rootHash, checkpoint } = value;
    return { kind: 'CheckpointRecorded', size: treeSize, rootHash, note: checkpoint };
  }
  const { sourceShard, firstEvent, eventCount, payload, leafHashes } = value;
  if (leafHashes.length !== eventCount * HASH_BYTES)
    throw new RangeError(`LeavesAppended: ${leafHashes.length} bytes are no ${eventCount} leaf hashes`);
  return { kind: 'LeavesAppended', sourceShard, firstEvent, leafHashes, payload };
}
