import { createReadStream, existsSync } from 'node:fs';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { TextLines } from '../text-lines';
import { BookRows } from './book-rows';
import { type LobsterMessage, parseMessage } from './lobster-message';

/** What was read of a LOBSTER sample: its messages and, when the sample has it, the visible book after each of them. */
export interface LobsterSample {
  readonly messages: readonly LobsterMessage[];
  readonly books: BookRows | undefined;
}

/** Called with each message and the line of the order book file that belongs to it, undefined without such a file. */
export type LobsterRowTaker = (message: LobsterMessage, bookLine: string | undefined) => void;

interface OpenSample {
  readonly messages: TextLines;
  readonly books: TextLines | undefined;
  close(): void;
}

const MESSAGE_FILE = /_message_[^/]*\.csv$/;
const BOOK_FILE = /_orderbook_[^/]*\.csv$/;

/**
 * Reads the first `rowsMax` rows of a sample whole: a zip with a message and an order book file inside, or a message csv with
 * the order book csv beside it (optional: without it orders from before the window are only known by what later names them).
 * Throws with a sentence for people when the file is not there or is not such a sample.
 */
export async function readLobsterSample(
  file: string,
  rowsMax = Number.POSITIVE_INFINITY,
): Promise<LobsterSample> {
  const messages: LobsterMessage[] = [];
  const books = new BookRows();
  await readLobsterRows(
    file,
    (message, bookLine) => {
      messages.push(message);
      if (bookLine !== undefined) books.push(bookLine);
    },
    rowsMax,
  );
  return { messages, books: books.rowCount === 0 ? undefined : books };
}

/**
 * Reads a sample row by row, both files side by side, in memory that does not grow with them. Answers the number of rows.
 * Throws as `readLobsterSample` does; the rows before the wrong one have been taken by then.
 */
export async function readLobsterRows(
  file: string,
  take: LobsterRowTaker,
  rowsMax = Number.POSITIVE_INFINITY,
): Promise<number> {
  if (!existsSync(file)) throw new Error(`there is no file ${file}`);
  const sample = file.endsWith('.zip') ? await openZip(file) : openCsv(file);
  try {
    const rows = await readRows(sample, take, rowsMax);
    if (rows === 0) throw new Error('it has no messages');
    return rows;
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  } finally {
    await sample.messages.close();
    await sample.books?.close();
    sample.close();
  }
}

async function readRows(sample: OpenSample, take: LobsterRowTaker, rowsMax: number): Promise<number> {
  const { messages, books } = sample;
  let row = 0;
  for (; row < rowsMax; row++) {
    const line = messages.takeBuffered() ?? (await messages.take());
    if (line === undefined) break;
    const bookLine = books && (books.takeBuffered() ?? (await books.take()));
    if (books && bookLine === undefined) throw new Error(`message ${row + 1} has no row of the book`);
    take(parseMessage(line, row), bookLine);
  }
  return row;
}

function openCsv(file: string): OpenSample {
  const bookFile = file.replace('_message_', '_orderbook_');
  const hasBooks = bookFile !== file && existsSync(bookFile);
  return {
    messages: new TextLines(createReadStream(file)),
    books: hasBooks ? new TextLines(createReadStream(bookFile)) : undefined,
    close: () => undefined,
  };
}

async function openZip(file: string): Promise<OpenSample> {
  const zip = await openPromise(file, { lazyEntries: true, autoClose: false });
  const entries = await entriesOf(zip);
  const message = entries.find(({ fileName }) => MESSAGE_FILE.test(fileName));
  const book = entries.find(({ fileName }) => BOOK_FILE.test(fileName));
  if (!message) {
    zip.close();
    throw new Error(`${file} holds no message file (NAME_message_LEVELS.csv)`);
  }
  const open = async (entry: Entry): Promise<TextLines> =>
    new TextLines(await zip.openReadStreamPromise(entry));
  return { messages: await open(message), books: book && (await open(book)), close: () => zip.close() };
}

async function entriesOf(zip: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) entries.push(entry);
  return entries;
}
