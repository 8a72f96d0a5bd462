import type { ClientBase, Connection, Submittable } from 'pg';
import { RowWriter } from './row-writer';

/** No statement is longer, so that a large transaction is many short ones and their rows need little memory. */
const ROWS_MAX = 2_000;

/** What rows of a statement take about; the buffer grows where they take more. */
const BYTES_FEW = 65_536;
const BYTES_MANY = 524_288;

/**
 * Appends rows to a table with COPY, the cheapest way into Postgres: no arrays to take apart, and many rows a page write and a log
 * record. It neither begins nor ends a transaction. Rows that stand next to each other in an index come cheaper when they come together.
 * @param into table and columns, as in `orders (shard, order_number)`
 * @param write writes one row's fields in the order of the columns
 * @throws what Postgres says of a row that it refuses; the transaction is to be rolled back then
 */
export async function copyRows<Row>(
  client: ClientBase,
  into: string,
  rows: readonly Row[],
  write: (to: RowWriter, row: Row) => void,
): Promise<void> {
  const writer = new RowWriter(rows.length < ROWS_MAX ? BYTES_FEW : BYTES_MANY);
  for (let from = 0; from < rows.length; from += ROWS_MAX) {
    const to = Math.min(from + ROWS_MAX, rows.length);
    for (let i = from; i < to; i++) {
      write(writer, rows[i]!);
      writer.endRow();
    }
    await client.query(new CopyIn(`COPY ${into} FROM STDIN`, writer.take())).done;
  }
}

const COPY_DATA = 'd'.charCodeAt(0);
const COPY_DONE = Buffer.from([...Buffer.from('c'), 0, 0, 0, 4]);
const HEAD_BYTES = 5;

/** One COPY statement with all its data, as pg's client runs it. */
class CopyIn implements Submittable {
  readonly #text: string;
  readonly #data: Buffer;
  /** Settles when the rows are in the table, as far as the transaction is concerned. */
  readonly done: Promise<void>;
  #resolve: () => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(text: string, data: Buffer) {
    this.#text = text;
    this.#data = data;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(connection: Connection): void {
    connection.query(this.#text);
  }

  /** Writes the protocol's messages CopyData and CopyDone; pg's own way copies the data once more. */
  handleCopyInResponse({ stream }: Connection): void {
    const head = Buffer.alloc(HEAD_BYTES, COPY_DATA);
    head.writeUInt32BE(this.#data.length + HEAD_BYTES - 1, 1);
    stream.cork();
    stream.write(head);
    stream.write(this.#data);
    stream.write(COPY_DONE);
    stream.uncork();
  }

  handleCommandComplete(): void {
    // What counts is that the server is ready for the next statement.
  }

  handleReadyForQuery(): void {
    this.#resolve();
  }

  handleError(error: Error): void {
    this.#reject(error);
  }
}
