import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** Lines of a text, again from the start each time it is asked: a verification reads twice when something is wrong. */
export type LineSource = () => AsyncIterable<string>;

/** The lines of a file, read as they are needed. */
export function linesOfFile(path: string): LineSource {
  return () => createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
}

/** The lines of a text in memory. */
export function linesOfText(text: string): LineSource {
  return async function* lines() {
    for (const line of text.replace(/\n$/, '').split('\n')) yield line;
  };
}
