import type { Readable } from 'node:stream';

/**
 * Reads a stream of text line by line, holding no more than one chunk of it. Lines come without their ends; empty lines are
 * passed over. Bytes are taken as Latin 1, which all of our files are.
 */
export class TextLines {
  private readonly chunks: AsyncIterator<string>;
  private lines: string[] = [];
  private next = 0;
  private rest = '';
  private isOver = false;

  constructor(stream: Readable) {
    stream.setEncoding('latin1');
    this.chunks = (stream as AsyncIterable<string>)[Symbol.asyncIterator]();
  }

  /** The next line, or undefined after the last one. */
  async take(): Promise<string | undefined> {
    for (;;) {
      const line = this.takeBuffered();
      if (line !== undefined) return line;
      if (!(await this.fill())) return undefined;
    }
  }

  /** The next line if it needs no reading: saves a turn of the event loop per line. Undefined says nothing about the end. */
  takeBuffered(): string | undefined {
    while (this.next < this.lines.length) {
      const line = this.lines[this.next++]!.trimEnd();
      if (line.trim() !== '') return line;
    }
    return undefined;
  }

  /** Stops reading before the end. */
  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  private async fill(): Promise<boolean> {
    if (this.isOver) return false;
    const { value, done } = await this.chunks.next();
    this.isOver = done === true;
    this.lines = this.isOver ? [this.rest] : (this.rest + value).split('\n');
    this.rest = this.isOver ? '' : (this.lines.pop() ?? '');
    this.next = 0;
    return true;
  }
}
