import { createReadStream, existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { BookRows } from './book-rows';
import { type LobsterMessage, parseMessage } from './lobster-message';

/** What was read of a LOBSTER sample: its messages and, when the sample has it, the visible book after each of them. */
export interface LobsterSample {
  readonly messages: readonly LobsterMessage[];
  readonly books: BookRows | undefined;
}

const MESSAGE_FILE = /_message_[^/]*\.csv$/;
const BOOK_FILE = /_orderbook_[^/]*\.csv$/;

/**
 * Reads the first `rowsMax` rows of a sample: a zip with a message and an order book file inside, or a message csv with the
 * order book csv beside it (optional: without it orders from before the window are only known by what later names them).
 * Throws with a sentence for people when the file is not there or is not such a sample.
 */
export async function readLobsterSample(
  file: string,
  rowsMax = Number.POSITIVE_INFINITY,
): Promise<LobsterSample> {
  if (!existsSync(file)) throw new Error(`there is no file ${file}`);
  const sample = file.endsWith('.zip') ? await readZip(file, rowsMax) : await readCsv(file, rowsMax);
  if (sample.messages.length === 0) throw new Error(`${file} has no messages`);
  if (sample.books && sample.books.rowCount < sample.messages.length) {
    throw new Error(`${file} has ${sample.messages.length} messages but ${sample.books.rowCount} book rows`);
  }
  return sample;
}

async function readCsv(file: string, rowsMax: number): Promise<LobsterSample> {
  const bookFile = file.replace('_message_', '_orderbook_');
  const messages = await readMessages(createReadStream(file), rowsMax);
  if (bookFile === file || !existsSync(bookFile)) return { messages, books: undefined };
  return { messages, books: await readBooks(createReadStream(bookFile), rowsMax) };
}

async function readZip(file: string, rowsMax: number): Promise<LobsterSample> {
  const zip = await openPromise(file, { lazyEntries: true, autoClose: false });
  try {
    const entries = await entriesOf(zip);
    const message = entries.find(({ fileName }) => MESSAGE_FILE.test(fileName));
    const book = entries.find(({ fileName }) => BOOK_FILE.test(fileName));
    if (!message) throw new Error(`${file} holds no message file (NAME_message_LEVELS.csv)`);
    const messages = await readMessages(await zip.openReadStreamPromise(message), rowsMax);
    const books = book && (await readBooks(await zip.openReadStreamPromise(book), rowsMax));
    return { messages, books };
  } finally {
    zip.close();
  }
}

async function entriesOf(zip: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) entries.push(entry);
  return entries;
}

async function readMessages(stream: Readable, rowsMax: number): Promise<LobsterMessage[]> {
  const messages: LobsterMessage[] = [];
  await readLines(stream, rowsMax, (line) => messages.push(parseMessage(line, messages.length)));
  return messages;
}

async function readBooks(stream: Readable, rowsMax: number): Promise<BookRows> {
  const books = new BookRows();
  await readLines(stream, rowsMax, (line) => books.push(line));
  return books;
}

async function readLines(stream: Readable, rowsMax: number, take: (line: string) => void): Promise<void> {
  stream.setEncoding('latin1');
  let rows = 0;
  let rest = '';
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (rows >= rowsMax) return;
      if (line.trim() === '') continue;
      take(line.trimEnd());
      rows += 1;
    }
  }
  if (rest.trim() !== '' && rows < rowsMax) take(rest.trimEnd());
}
