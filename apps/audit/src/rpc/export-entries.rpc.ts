import type { audit } from '@clearway/contracts';
import { encodeEntry, HASH_BYTES, type LeafRange, type LeavesAppended } from '@clearway/domain-audit';
import { type BatchSource, decodeEvents } from '@clearway/platform-journal';
import { fields, RpcError, type ServerStreamHandler } from '@clearway/platform-rpc';
import { auditEventCodec } from '../codec/audit-event.codec';
import { bufferOf } from '../codec/buffer-of';
import { entriesOf, sliceBatch } from '../codec/source-batch';
import type { LeavesBetween } from '../projections/leaf-times';
import type { ProofStore } from '../projections/proof-store';

/** What an export is made from. */
export interface ExportSource {
  readonly proofs: Pick<ProofStore, 'outside' | 'batchOf'>;
  /** The leaves from the first to the last one that was recorded within the times; undefined when none was. */
  leavesBetween(fromMicros: number, toMicros: number): Promise<LeavesBetween | undefined>;
  /** The newest checkpoint, sealed first if the tree has grown: its note, and its size. */
  checkpoint(): Promise<{ readonly note: string; readonly size: number }>;
  caughtUp(): Promise<void>;
  /** Audit's own journal, in which every source batch is kept. */
  readonly feed: () => BatchSource;
  readonly verifierKey: string;
}

/** Bytes of entries in one message, so that a reader never has to take a whole source batch at once. */
const MESSAGE_BYTES_MAX = 262_144;

/**
 * Streams the canonical bytes of a range of leaves, re-made from the source batches in audit's journal, under one signed
 * checkpoint. Beside them go the leaf hashes that were journaled when they were appended: what differs tells where.
 */
export function exportEntries(
  source: ExportSource,
): ServerStreamHandler<audit.ExportEntriesRequest, audit.ExportEntriesResponse> {
  return async (request, { signal }, stream) => {
    const { note, size } = await source.checkpoint();
    await source.caughtUp();
    const range = await rangeOf(source, request, size);
    const outside = await source.proofs.outside(range);
    const nodes = outside.map(({ level, index, hash }) => ({ level, index, hash: bufferOf(hash) }));
    const { verifierKey } = source;
    const head = { checkpoint: note, verifierKey, fromLeaf: range.from, toLeaf: range.to, nodes };
    await stream.send({ head, firstLeaf: 0, entries: [], leafHashes: Buffer.alloc(0) });
    for await (const message of messagesOf(source, range, signal)) await stream.send(message);
  };
}

async function rangeOf(
  source: ExportSource,
  request: audit.ExportEntriesRequest,
  size: number,
): Promise<LeafRange> {
  const { fromLeaf, fromMicros, toMicros } = request;
  const toLeaf = request.toLeaf === 0 ? size : request.toLeaf;
  const check = fields();
  check.integer('to_leaf', toLeaf, 0, size);
  check.integer('from_leaf', fromLeaf, 0, toLeaf);
  check.integer('from_micros', fromMicros, 0, Number.MAX_SAFE_INTEGER);
  check.integer('to_micros', toMicros, 0, Number.MAX_SAFE_INTEGER);
  check.require(toMicros === 0 || fromMicros < toMicros, 'to_micros', 'must be after from_micros');
  check.done();
  if (fromMicros === 0 && toMicros === 0) return { from: fromLeaf, to: toLeaf, size };
  const times = await source.leavesBetween(fromMicros, toMicros === 0 ? Number.MAX_SAFE_INTEGER : toMicros);
  const from = Math.max(fromLeaf, times?.from ?? toLeaf);
  return {
    from: Math.min(from, toLeaf),
    to: Math.max(Math.min(from, toLeaf), Math.min(toLeaf, times?.to ?? 0)),
    size,
  };
}

async function* messagesOf(
  { proofs, feed }: ExportSource,
  { from, to }: LeafRange,
  signal: AbortSignal,
): AsyncGenerator<audit.ExportEntriesResponse> {
  if (from === to) return;
  const place = await proofs.batchOf(from);
  if (place === undefined) throw new RpcError('NOT_READY', 'The stored hashes are behind the tree.');
  const done = new AbortController();
  let leaf = place.firstLeaf;
  try {
    for await (const batch of feed().subscribe(place.journalEvent, {
      signal: AbortSignal.any([signal, done.signal]),
    })) {
      for (const { event } of decodeEvents(batch, auditEventCodec, place.journalEvent)) {
        if (event.kind !== 'LeavesAppended') continue;
        const first = leaf;
        leaf += event.leafHashes.length / HASH_BYTES;
        yield* slicesOf(event, first, Math.max(from, first), Math.min(to, leaf));
        if (leaf >= to) return;
      }
    }
  } finally {
    done.abort();
  }
}

/** The leaves [begin, end) of one batch that begins with leaf `first`, in messages of bounded size. */
function* slicesOf(
  { sourceShard, firstEvent, payload, leafHashes }: LeavesAppended,
  first: number,
  begin: number,
  end: number,
): Generator<audit.ExportEntriesResponse> {
  if (begin >= end) return;
  const all = entriesOf(sourceShard, firstEvent, sliceBatch(bufferOf(payload)));
  let entries: Buffer[] = [];
  let bytes = 0;
  let firstLeaf = begin;
  for (let leaf = begin; leaf < end; leaf++) {
    const entry = bufferOf(encodeEntry(all[leaf - first]!));
    entries.push(entry);
    bytes += entry.length;
    if (bytes < MESSAGE_BYTES_MAX && leaf + 1 < end) continue;
    const hashes = leafHashes.subarray((firstLeaf - first) * HASH_BYTES, (leaf + 1 - first) * HASH_BYTES);
    yield { head: undefined, firstLeaf, entries, leafHashes: bufferOf(hashes) };
    [entries, bytes, firstLeaf] = [[], 0, leaf + 1];
  }
}
