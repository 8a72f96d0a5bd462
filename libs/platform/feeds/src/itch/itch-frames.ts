/** Called with one message: its bytes stand in `bytes` from `at` on, `length` of them, and are only good during the call. */
export type ItchFrameTaker = (bytes: Buffer, at: number, length: number) => void;

const PREFIX_BYTES = 2;

/**
 * Cuts chunks of bytes into messages: each has its length before it (2 bytes, big-endian), as NASDAQ's files have it. A length
 * of zero is the end of the session. Nothing is kept but the part of a message that the next chunk will complete.
 */
export class ItchFrames {
  private rest: Buffer = Buffer.alloc(0);
  private isOver = false;

  constructor(private readonly take: ItchFrameTaker) {}

  /** Takes the next bytes of the file. What follows the end of the session is passed over. */
  push(chunk: Buffer): void {
    if (this.isOver) return;
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const end = this.cut(bytes);
    // Copied, so that a small rest does not keep a large chunk in memory.
    this.rest = Buffer.from(bytes.subarray(end));
  }

  /** Says that the file is over. Throws when it ends within a message. */
  end(): void {
    if (!this.isOver && this.rest.length > 0) throw new Error('the file ends within a message');
  }

  /** Hands out the whole messages of the bytes and answers where the rest begins. */
  private cut(bytes: Buffer): number {
    let at = 0;
    while (at + PREFIX_BYTES <= bytes.length) {
      const length = (bytes[at]! << 8) | bytes[at + 1]!;
      const next = at + PREFIX_BYTES + length;
      if (length === 0) {
        this.isOver = true;
        return bytes.length;
      }
      if (next > bytes.length) break;
      this.take(bytes, at + PREFIX_BYTES, length);
      at = next;
    }
    return at;
  }
}
