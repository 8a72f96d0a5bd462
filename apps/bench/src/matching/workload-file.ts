import { Workload } from './workload';

const MAGIC = 0x4d4542575f303031n;
const VERSION = 1;
const HEADER_BYTES = 16;
const RECORD_BYTES = 40;

/**
 * Reads the benchmark's workload file: a header of magic (u64), version and count (u32 each), then per message 40 bytes,
 * little-endian: type, side, ioc and a spare (u8 each), quantity (u32), sequence, order id (u64), price and a spare (i64).
 * Throws, saying where, when the bytes are not such a file: half a workload judges nothing.
 */
export function parseWorkload(bytes: Buffer): Workload {
  if (bytes.length < HEADER_BYTES || bytes.readBigUInt64LE(0) !== MAGIC) throw new Error('no workload file');
  if (bytes.readUInt32LE(8) !== VERSION) throw new Error(`workload version ${bytes.readUInt32LE(8)}`);
  const count = bytes.readUInt32LE(12);
  if (bytes.length !== HEADER_BYTES + count * RECORD_BYTES) {
    throw new Error(`a workload of ${count} messages cannot have ${bytes.length} bytes`);
  }
  const workload = new Workload(count);
  for (let i = 0; i < count; i++) readRecord(bytes, HEADER_BYTES + i * RECORD_BYTES, workload, i);
  return workload;
}

function readRecord(bytes: Buffer, at: number, workload: Workload, i: number): void {
  const sequence = readUInt64(bytes, at + 8);
  if (sequence !== i) throw new Error(`message ${i} of the workload has the sequence number ${sequence}`);
  workload.set(
    i,
    bytes[at]!,
    bytes[at + 1]!,
    bytes[at + 2]!,
    bytes.readUInt32LE(at + 4),
    readUInt64(bytes, at + 16),
    bytes.readInt32LE(at + 28) * 2 ** 32 + bytes.readUInt32LE(at + 24),
  );
}

function readUInt64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at);
}
