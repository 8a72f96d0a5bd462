/**
 * Reads the fields of a message that change a book straight out of its bytes: one view is moved over a whole file, so
 * that millions of messages make no garbage. A field means something only in messages that have it. Prices are
 * ten-thousandths of a dollar; numbers of 8 bytes that are not safe integers throw.
 */
export class ItchView {
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;

  /** Puts the view on a message. */
  moveTo(bytes: Buffer, at: number): void {
    this.bytes = bytes;
    this.at = at;
  }

  /** The type's letter. */
  get type(): string {
    return String.fromCharCode(this.bytes[this.at]!);
  }

  /** The number by which the day's messages name the stock. */
  get stockLocate(): number {
    return this.bytes.readUInt16BE(this.at + 1);
  }

  /** Nanoseconds since midnight. */
  get timestampNs(): number {
    return this.bytes.readUIntBE(this.at + 5, 6);
  }

  /** A, F, E, C, X, D, P; of U the order that is replaced. */
  get orderReferenceNumber(): number {
    return this.uint64(11);
  }

  /** U: the order that takes its place. */
  get newOrderReferenceNumber(): number {
    return this.uint64(19);
  }

  /** A, F, P: true for an order to buy. */
  get isBuy(): boolean {
    return this.bytes[this.at + 19] === 0x42;
  }

  /** A, F, P. */
  get shares(): number {
    return this.bytes.readUInt32BE(this.at + 20);
  }

  /** A, F, P: the stock's symbol without its padding. */
  get stock(): string {
    return this.bytes.toString('latin1', this.at + 24, this.at + 32).trimEnd();
  }

  /** A, F, P. */
  get price(): number {
    return this.bytes.readUInt32BE(this.at + 32);
  }

  /** E, C, X: the shares that the order loses. */
  get reducedShares(): number {
    return this.bytes.readUInt32BE(this.at + 19);
  }

  /** U: shares and price of the order that takes the place. */
  get newShares(): number {
    return this.bytes.readUInt32BE(this.at + 27);
  }

  get newPrice(): number {
    return this.bytes.readUInt32BE(this.at + 31);
  }

  private uint64(offset: number): number {
    const value =
      this.bytes.readUInt32BE(this.at + offset) * 2 ** 32 + this.bytes.readUInt32BE(this.at + offset + 4);
    if (!Number.isSafeInteger(value)) throw new Error(`the number ${value} is not safe`);
    return value;
  }
}
