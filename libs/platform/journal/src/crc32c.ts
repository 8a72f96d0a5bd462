/** Reversed polynomial of CRC-32C (Castagnoli), the one that storage systems use; node:zlib only has CRC-32 (IEEE). */
const POLYNOMIAL = 0x82f63b78;
const TABLES = 8;
const TABLE = buildTables();

/**
 * Computes the CRC-32C of the bytes as an unsigned 32-bit number. It takes eight bytes a step ("slicing by 8"), because every
 * batch is summed once when written and once when read.
 */
export function crc32c(bytes: Uint8Array): number {
  const t = TABLE;
  const end = bytes.length;
  const wide = end - (end % 8);
  let crc = 0xffffffff;
  let i = 0;
  for (; i < wide; i += 8) {
    const low = crc ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
    crc =
      t[1792 + (low & 0xff)]! ^
      t[1536 + ((low >>> 8) & 0xff)]! ^
      t[1280 + ((low >>> 16) & 0xff)]! ^
      t[1024 + (low >>> 24)]! ^
      t[768 + bytes[i + 4]!]! ^
      t[512 + bytes[i + 5]!]! ^
      t[256 + bytes[i + 6]!]! ^
      t[bytes[i + 7]!]!;
  }
  for (; i < end; i++) crc = t[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function buildTables(): Uint32Array {
  const tables = new Uint32Array(TABLES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc >>> 0;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256]!;
    tables[i] = ((before >>> 8) ^ tables[before & 0xff]!) >>> 0;
  }
  return tables;
}
