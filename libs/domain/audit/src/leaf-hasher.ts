import { ENTRY_FIELD_BYTES_MAX, ENTRY_NAME_BYTES_MAX, ENTRY_VERSION, isSourceShard } from './audit-entry';
import { LEAF_PREFIX, sha256Into } from './merkle-hash';
import { isCount } from './tree-arithmetic';

/** An entry whose parts stand in one buffer, each from its start to before its end: see AuditEntry for what they are. */
export interface EntryPlaces {
  readonly bytes: Buffer;
  eventNumber: number;
  recordedAtMicros: number;
  contextStart: number;
  contextEnd: number;
  typeStart: number;
  typeEnd: number;
  dataStart: number;
  dataEnd: number;
}

/** Nearly all leaves are far shorter; a longer one gets an input of its own. */
const INPUT_BYTES = 16_384;
/** Bytes beside shard, type, context and event: the prefix, the version, two numbers and four lengths. */
const FIXED_BYTES = 1 + 1 + 2 + 8 + 8 + 2 + 4 + 4;
const TWO_TO_32 = 4_294_967_296;
const PRINTABLE_FIRST = 0x21;
const PRINTABLE_LAST = 0x7e;

/**
 * Hashes the entries of one source where their bytes stand: gives the same hashes as `entryLeafHash`, which makes an object and
 * three views of each entry, and looks at its shard's name again. Every event of every service passes here.
 */
export class LeafHasher {
  readonly #sourceShard: string;
  /** Begins with what all leaves of the source begin with. */
  readonly #input = Buffer.alloc(INPUT_BYTES);
  readonly #headBytes: number;

  /** Throws RangeError for a name that is no source shard. */
  constructor(sourceShard: string) {
    if (!isSourceShard(sourceShard)) throw new RangeError(`audit entry ${sourceShard}: BAD_SOURCE_SHARD`);
    this.#sourceShard = sourceShard;
    let at = this.#input.writeUInt8(LEAF_PREFIX, 0);
    at = this.#input.writeUInt8(ENTRY_VERSION, at);
    at = this.#input.writeUInt16BE(sourceShard.length, at);
    this.#headBytes = at + this.#input.write(sourceShard, at, 'latin1');
  }

  /** Writes an entry's leaf hash into `out` at `at`. Throws RangeError for an entry that the layout cannot hold. */
  hashInto(entry: EntryPlaces, out: Uint8Array, at: number): void {
    this.#requireEncodable(entry);
    const { bytes, contextStart, contextEnd, typeStart, typeEnd, dataStart, dataEnd } = entry;
    const length =
      FIXED_BYTES +
      this.#sourceShard.length +
      (typeEnd - typeStart) +
      (contextEnd - contextStart) +
      (dataEnd - dataStart);
    const input = this.#inputOf(length);
    let to = writeSafeInteger(input, entry.eventNumber, this.#headBytes);
    to = writeSafeInteger(input, entry.recordedAtMicros, to);
    to = input.writeUInt16BE(typeEnd - typeStart, to);
    for (let from = typeStart; from < typeEnd; from++) input[to++] = bytes[from] as number;
    to = input.writeUInt32BE(contextEnd - contextStart, to);
    to += bytes.copy(input, to, contextStart, contextEnd);
    to = input.writeUInt32BE(dataEnd - dataStart, to);
    bytes.copy(input, to, dataStart, dataEnd);
    sha256Into(input.subarray(0, length), out, at);
  }

  #inputOf(length: number): Buffer {
    if (length <= INPUT_BYTES) return this.#input;
    const larger = Buffer.alloc(length);
    this.#input.copy(larger, 0, 0, this.#headBytes);
    return larger;
  }

  #requireEncodable(entry: EntryPlaces): void {
    const { eventNumber, recordedAtMicros, contextStart, contextEnd, dataStart, dataEnd } = entry;
    if (!isCount(eventNumber) || !isCount(recordedAtMicros)) this.#refuse(entry, 'BAD_NUMBER');
    if (Math.max(contextEnd - contextStart, dataEnd - dataStart) > ENTRY_FIELD_BYTES_MAX)
      this.#refuse(entry, 'FIELD_TOO_LONG');
    if (!isEventType(entry)) this.#refuse(entry, 'BAD_EVENT_TYPE');
  }

  #refuse({ eventNumber }: EntryPlaces, defect: string): never {
    throw new RangeError(`audit entry ${this.#sourceShard}#${eventNumber}: ${defect}`);
  }
}

function isEventType({ bytes, typeStart, typeEnd }: EntryPlaces): boolean {
  for (let at = typeStart; at < typeEnd; at++) {
    const byte = bytes[at] as number;
    if (byte < PRINTABLE_FIRST || byte > PRINTABLE_LAST) return false;
  }
  return typeEnd > typeStart && typeEnd - typeStart <= ENTRY_NAME_BYTES_MAX;
}

function writeSafeInteger(bytes: Buffer, value: number, at: number): number {
  bytes.writeUInt32BE(Math.floor(value / TWO_TO_32), at);
  return bytes.writeUInt32BE(value % TWO_TO_32, at + 4);
}
