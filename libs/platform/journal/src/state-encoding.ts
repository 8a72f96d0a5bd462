import { promisify } from 'node:util';
import { constants, type ZstdOptions, zstdCompress, zstdDecompress } from 'node:zlib';

/** How a stored state is to be read: as it is, which is how older builds wrote it, or out of a frame of Zstandard (RFC 8878). */
export type StateEncoding = 'plain' | 'zstd';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** With the default of 16 KiB a large state takes a third longer to compress and three times as long to come back. */
const CHUNK_BYTES = 1_048_576;

/** Level 1 takes two thirds of the time of level 3, for 5 % more bytes. No checksum: the state's hash is stored beside it. */
const COMPRESSION: ZstdOptions = {
  chunkSize: CHUNK_BYTES,
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 0 },
};

/**
 * No state is longer: Node hashes no more than this in one call, so a longer one could not have been stored. Damaged bytes that
 * would unpack to more are given up there, instead of when the process has no memory left.
 */
const STATE_BYTES_MAX = 2 ** 31 - 1;

/** Compresses a state's canonical bytes, off the calling thread. */
export async function encodeState(state: Buffer): Promise<{ encoding: StateEncoding; stored: Buffer }> {
  return { encoding: 'zstd', stored: await compress(state, COMPRESSION) };
}

/**
 * Gives a state's bytes back, off the calling thread. What can not be decompressed comes back as it is, and the hash tells what
 * it is: damage, or the state as an older build wrote it over a row of this one, whose encoding it left.
 */
export async function decodeState(stored: Buffer, encoding: StateEncoding): Promise<Buffer> {
  if (encoding === 'plain') return stored;
  try {
    return await decompress(stored, { chunkSize: CHUNK_BYTES, maxOutputLength: STATE_BYTES_MAX });
  } catch {
    return stored;
  }
}
