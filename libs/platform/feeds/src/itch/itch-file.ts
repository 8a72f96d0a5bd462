import { open } from 'node:fs/promises';
import { unpackedStream } from '../unpacked-stream';
import { ItchFrames } from './itch-frames';
import { itchLengthOf } from './itch-layouts';
import { ItchView } from './itch-view';

/** Called with each message in the order of the file. The view is moved on afterwards: keep numbers, not the view. */
export type ItchVisitor = (message: ItchView) => void;

/** What was met in a file. */
export interface ItchTotals {
  /** All messages. */
  readonly messages: number;
  /** Those of a type that the specification does not have, which were not visited. */
  readonly unknown: number;
}

const CHUNK_BYTES = 1 << 18;

/**
 * Reads a file of NASDAQ TotalView-ITCH 5.0 (as NASDAQ publishes its days: messages with their lengths before them; `.gz` is
 * unpacked on the way) in memory that does not grow with it. Throws, naming the message, when one has not the length of its
 * type: what follows could not be trusted.
 */
export async function readItchFile(file: string, visit: ItchVisitor): Promise<ItchTotals> {
  const totals = { messages: 0, unknown: 0 };
  const view = new ItchView();
  const frames = new ItchFrames((bytes, at, length) => {
    totals.messages++;
    const expected = itchLengthOf(bytes[at]!);
    if (expected === 0) {
      totals.unknown++;
      return;
    }
    view.moveTo(bytes, at);
    if (expected !== length) {
      throw new Error(`message ${totals.messages} (${view.type}) has ${length} bytes, not ${expected}`);
    }
    visit(view);
  });
  const chunks: AsyncIterable<Buffer> = file.endsWith('.gz')
    ? unpackedStream(file, CHUNK_BYTES)
    : plain(file);
  for await (const chunk of chunks) frames.push(chunk);
  frames.end();
  return totals;
}

/** One buffer is read into again and again. */
async function* plain(file: string): AsyncGenerator<Buffer> {
  const handle = await open(file);
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
