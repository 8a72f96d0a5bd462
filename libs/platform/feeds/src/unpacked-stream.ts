import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Opens a file for reading, unpacked if its name ends with `.gz`. What goes wrong on the way ends the stream with the error. */
export function unpackedStream(file: string, chunkBytes = 1 << 16): Readable {
  const stream = createReadStream(file, { highWaterMark: chunkBytes });
  if (!file.endsWith('.gz')) return stream;
  // The callback has nothing to do: the pipeline destroys what is read from, and the reader meets the error.
  return pipeline(stream, createGunzip({ chunkSize: chunkBytes }), () => undefined);
}
