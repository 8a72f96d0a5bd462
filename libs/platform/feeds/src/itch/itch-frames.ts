/** Called with one message: its bytes stand in `bytes` from `at` on, `length` of them, and are only good during the call. */
export type ItchFrameTaker = (bytes: Buffer, at: number, length: number) => void;

const PREFIX_BYTES = 2;
const MESSAGE_BYTES_MAX = 2 ** 16 - 1;

/**
 * Cuts chunks of bytes into messages: each has its length before it (2 bytes, big-endian), as NASDAQ's files have it. A length
 * of zero is the end of the session. A message that spans chunks is put together in one buffer that is used again; nothing
 * else is kept, so a chunk may be overwritten after the call.
 */
export class ItchFrames {
  private readonly carry = Buffer.alloc(PREFIX_BYTES + MESSAGE_BYTES_MAX);
  private carried = 0;
  private isOver = false;

  constructor(private readonly take: ItchFrameTaker) {}

  /** Takes the next bytes of the file. What follows the end of the session is passed over. */
  push(chunk: Buffer): void {
    const at = this.carried > 0 ? this.complete(chunk) : 0;
    const end = this.cut(chunk, at);
    if (!this.isOver && end < chunk.length) this.carried += chunk.copy(this.carry, this.carried, end);
  }

  /** Says that the file is over. Throws when it ends within a message. */
  end(): void {
    if (!this.isOver && this.carried > 0) throw new Error('the file ends within a message');
  }

  /** Fills the carried message up from the chunk, hands it out if it is whole, and answers how much of the chunk it took. */
  private complete(chunk: Buffer): number {
    let at = 0;
    while (at < chunk.length) {
      const needed = this.carried < PREFIX_BYTES ? PREFIX_BYTES : PREFIX_BYTES + lengthAt(this.carry, 0);
      const copied = chunk.copy(this.carry, this.carried, at, at + needed - this.carried);
      at += copied;
      this.carried += copied;
      if (this.carried < PREFIX_BYTES || this.carried < PREFIX_BYTES + lengthAt(this.carry, 0)) continue;
      this.carried = 0;
      this.hand(this.carry, 0);
      break;
    }
    return at;
  }

  /** Hands out the whole messages of the chunk and answers where the rest begins. */
  private cut(chunk: Buffer, from: number): number {
    let at = from;
    while (!this.isOver && at + PREFIX_BYTES <= chunk.length) {
      const next = at + PREFIX_BYTES + lengthAt(chunk, at);
      if (next > chunk.length) break;
      this.hand(chunk, at);
      at = next;
    }
    return at;
  }

  private hand(bytes: Buffer, at: number): void {
    const length = lengthAt(bytes, at);
    if (length === 0) this.isOver = true;
    else if (!this.isOver) this.take(bytes, at + PREFIX_BYTES, length);
  }
}

function lengthAt(bytes: Buffer, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}
