import type { Client, Connection, PoolClient, Submittable } from 'pg';

/**
 * Gives the one column, of type bytea and never NULL, of a query's rows, one after the other in one buffer. COPY sends bytes as they
 * are, where a query's answer is text of twice their size that has to be parsed. The query takes no parameters.
 * @throws what Postgres says of the query
 */
export async function copyBytes(client: Client | PoolClient, query: string): Promise<Buffer> {
  const copy = new CopyOut(`COPY (${query}) TO STDOUT (FORMAT binary)`);
  client.query(copy);
  return joined(await copy.done);
}

/** PGCOPY, a line end, a byte above 127, a line end as of DOS, a zero byte. */
const SIGNATURE_BYTES = 11;
const FLAGS_BYTES = 4;
const FIELDS_BYTES = 2;
const LENGTH_BYTES = 4;
/** Stands where a row's number of fields would. */
const END_OF_ROWS = -1;

/** Takes the rows out of what COPY sent; see "Binary Format" in PostgreSQL's documentation of COPY. */
function joined(sent: Buffer): Buffer {
  const extensionAt = SIGNATURE_BYTES + FLAGS_BYTES;
  let at = extensionAt + LENGTH_BYTES + sent.readUInt32BE(extensionAt);
  const values: Buffer[] = [];
  while (sent.readInt16BE(at) !== END_OF_ROWS) {
    const from = at + FIELDS_BYTES + LENGTH_BYTES;
    at = from + sent.readUInt32BE(at + FIELDS_BYTES);
    values.push(sent.subarray(from, at));
  }
  return Buffer.concat(values);
}

/** One COPY statement and all that it sends, as pg's client runs it. */
class CopyOut implements Submittable {
  readonly #text: string;
  readonly #chunks: Buffer[] = [];
  /** Settles with all that was sent. */
  readonly done: Promise<Buffer>;
  #resolve: (sent: Buffer) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(text: string) {
    this.#text = text;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(connection: Connection): void {
    connection.query(this.#text);
  }

  /** The parser uses its buffer again. */
  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    this.#chunks.push(Buffer.from(chunk));
  }

  handleCommandComplete(): void {
    // What counts is that the server is ready for the next statement.
  }

  handleReadyForQuery(): void {
    this.#resolve(Buffer.concat(this.#chunks));
  }

  handleError(error: Error): void {
    this.#reject(error);
  }
}
