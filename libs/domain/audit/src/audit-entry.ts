import { HASH_BYTES, LEAF_PREFIX, sha256 } from './merkle-hash';
import { isCount } from './tree-arithmetic';

/**
 * One journaled event as audit keeps it. Source shard and event number name it for ever; time is microseconds since the
 * epoch as journaled by the source; the context bytes say who asked, from where and under which trace (encoded by the
 * source, sensitive fields already masked); the event bytes are the source's own encoding, untouched.
 */
export interface AuditEntry {
  readonly sourceShard: string;
  readonly eventNumber: number;
  readonly recordedAtMicros: number;
  readonly contextBytes: Uint8Array;
  readonly eventType: string;
  readonly eventBytes: Uint8Array;
}

/** Why bytes are no audit entry; the first that applies. */
export type EntryDefect =
  | 'UNKNOWN_VERSION'
  | 'TRUNCATED'
  | 'TRAILING_BYTES'
  | 'BAD_SOURCE_SHARD'
  | 'BAD_NUMBER'
  | 'FIELD_TOO_LONG'
  | 'BAD_EVENT_TYPE';

/** What decoding an entry gives. */
export type DecodedEntry =
  | { readonly kind: 'entry'; readonly entry: AuditEntry }
  | { readonly kind: 'malformed'; readonly defect: EntryDefect };

/** The version byte that every entry of this layout starts with. Another layout takes another number; old ones stay readable. */
export const ENTRY_VERSION = 1;

/** The longest source shard name and event type, in bytes of ASCII. */
export const ENTRY_NAME_BYTES_MAX = 255;

/** The longest context or event of one entry, in bytes: 16 MiB. */
export const ENTRY_FIELD_BYTES_MAX = 16_777_216;

const SOURCE_SHARD_PATTERN = /^[a-z][a-z0-9-]*\/(0|[1-9][0-9]*)$/;
const EVENT_TYPE_PATTERN = /^[\x21-\x7e]+$/;
const FIXED_BYTES = 1 + 2 + 8 + 8 + 2 + 4 + 4;

/** Tells whether a name is `service/number`, such as `trading/0`: the only spelling of a source shard. */
export function isSourceShard(name: string): boolean {
  return name.length <= ENTRY_NAME_BYTES_MAX && SOURCE_SHARD_PATTERN.test(name);
}

/**
 * Encodes an entry into the canonical bytes that are hashed as its leaf. All integers are unsigned and big-endian:
 *
 * ```
 * bytes  field
 * 1      version, 0x01
 * 2      s = length of the source shard      then s bytes, ASCII `service/number`
 * 8      event number
 * 8      recorded at, microseconds since 1970-01-01T00:00:00Z
 * 2      t = length of the event type        then t bytes, printable ASCII without space
 * 4      c = length of the context           then c bytes
 * 4      e = length of the event             then e bytes, and nothing after them
 * ```
 *
 * Every variable field carries its length, so two entries never share bytes. Anyone can verify an entry with this table
 * and SHA-256 alone: its leaf hash is SHA-256(0x00 || these bytes). Throws RangeError for an entry that the layout cannot hold
 * (a name outside its alphabet, an unsafe integer, a field too long): the source's journal was misread, which is a bug.
 */
export function encodeEntry(entry: AuditEntry): Uint8Array {
  requireEncodable(entry);
  const bytes = Buffer.allocUnsafeSlow(entryLength(entry));
  writeEntry(bytes, 0, entry);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Decodes canonical entry bytes strictly. Exactly the bytes that `encodeEntry` writes are accepted, no others. */
export function decodeEntry(bytes: Uint8Array): DecodedEntry {
  if (bytes[0] !== ENTRY_VERSION) return malformed(bytes.length === 0 ? 'TRUNCATED' : 'UNKNOWN_VERSION');
  const reader = new FieldReader(bytes, 1);
  const sourceShard = reader.readName();
  const eventNumber = reader.readUnsigned(8);
  const recordedAtMicros = reader.readUnsigned(8);
  const eventType = reader.readName();
  const contextBytes = reader.readBytes(reader.readUnsigned(4));
  const eventBytes = reader.readBytes(reader.readUnsigned(4));
  if (reader.truncated) return malformed('TRUNCATED');
  if (reader.remaining > 0) return malformed('TRAILING_BYTES');
  const entry = { sourceShard, eventNumber, recordedAtMicros, contextBytes, eventType, eventBytes };
  const defect = entryDefect(entry);
  return defect === null ? { kind: 'entry', entry } : malformed(defect);
}

/** The leaf hash of one entry: SHA-256(0x00 || encodeEntry(entry)). */
export function entryLeafHash(entry: AuditEntry): Uint8Array {
  requireEncodable(entry);
  const length = 1 + entryLength(entry);
  const input = length <= leafInput.length ? leafInput : Buffer.allocUnsafeSlow(length);
  input[0] = LEAF_PREFIX;
  writeEntry(input, 1, entry);
  return sha256(input.subarray(0, length));
}

/** The leaf hashes of a batch of entries, n × 32 concatenated bytes: what the machine's `Append` takes. */
export function entryLeafHashes(entries: readonly AuditEntry[]): Uint8Array {
  const hashes = new Uint8Array(entries.length * HASH_BYTES);
  for (let i = 0; i < entries.length; i++)
    hashes.set(entryLeafHash(entries[i] as AuditEntry), i * HASH_BYTES);
  return hashes;
}

// Entries are hashed many thousand times a second and are nearly always short: one scratch input for all of those.
const LEAF_INPUT_BYTES = 16_384;
const leafInput = Buffer.alloc(LEAF_INPUT_BYTES);

function entryLength({ sourceShard, eventType, contextBytes, eventBytes }: AuditEntry): number {
  return FIXED_BYTES + sourceShard.length + eventType.length + contextBytes.length + eventBytes.length;
}

function writeEntry(bytes: Buffer, start: number, entry: AuditEntry): void {
  const { sourceShard, eventType } = entry;
  let at = bytes.writeUInt8(ENTRY_VERSION, start);
  at = bytes.writeUInt16BE(sourceShard.length, at);
  at += bytes.write(sourceShard, at, 'latin1');
  at = writeSafeInteger(bytes, entry.eventNumber, at);
  at = writeSafeInteger(bytes, entry.recordedAtMicros, at);
  at = bytes.writeUInt16BE(eventType.length, at);
  at += bytes.write(eventType, at, 'latin1');
  at = writeField(bytes, entry.contextBytes, at);
  writeField(bytes, entry.eventBytes, at);
}

class FieldReader {
  truncated = false;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {}

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  readBytes(length: number): Uint8Array {
    if (length > this.remaining) this.truncated = true;
    if (this.truncated) return new Uint8Array(0);
    this.at += length;
    return this.bytes.slice(this.at - length, this.at);
  }

  // Above 2^53 the result is inexact, but never a safe integer, so the entry is refused.
  readUnsigned(width: number): number {
    return this.readBytes(width).reduce((value, byte) => value * 256 + byte, 0);
  }

  readName(): string {
    return Buffer.from(this.readBytes(this.readUnsigned(2))).toString('latin1');
  }
}

function entryDefect(entry: AuditEntry): EntryDefect | null {
  const { sourceShard, eventNumber, recordedAtMicros, eventType, contextBytes, eventBytes } = entry;
  if (!isSourceShard(sourceShard)) return 'BAD_SOURCE_SHARD';
  if (!isCount(eventNumber) || !isCount(recordedAtMicros)) return 'BAD_NUMBER';
  if (Math.max(contextBytes.length, eventBytes.length) > ENTRY_FIELD_BYTES_MAX) return 'FIELD_TOO_LONG';
  return eventType.length <= ENTRY_NAME_BYTES_MAX && EVENT_TYPE_PATTERN.test(eventType)
    ? null
    : 'BAD_EVENT_TYPE';
}

function requireEncodable(entry: AuditEntry): void {
  const defect = entryDefect(entry);
  if (defect !== null)
    throw new RangeError(`audit entry ${entry.sourceShard}#${entry.eventNumber}: ${defect}`);
}

function writeSafeInteger(bytes: Buffer, value: number, at: number): number {
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), at);
  return bytes.writeUInt32BE(value % 2 ** 32, at + 4);
}

function writeField(bytes: Buffer, field: Uint8Array, at: number): number {
  const start = bytes.writeUInt32BE(field.length, at);
  bytes.set(field, start);
  return start + field.length;
}

function malformed(defect: EntryDefect): DecodedEntry {
  return { kind: 'malformed', defect };
}
