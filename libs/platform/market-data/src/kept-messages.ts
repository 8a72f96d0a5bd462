/** The newest messages of a topic by sequence, bounded by number and by bytes. */
export class KeptMessages {
  private messages: Uint8Array[] = [];
  private head = 0;
  private bytes = 0;
  private nextSequence = 1;

  constructor(
    private readonly messagesMax: number,
    private readonly bytesMax: number,
  ) {}

  /** Adds the message of this sequence, which follows the last; the oldest go. */
  push(sequence: number, message: Uint8Array): void {
    this.nextSequence = sequence + 1;
    this.messages.push(message);
    this.bytes += message.length;
    while (this.length > this.messagesMax || (this.bytes > this.bytesMax && this.length > 0)) this.drop();
    if (this.head > this.messagesMax) this.compact();
  }

  /** The message of a sequence, if it is still kept. */
  at(sequence: number): Uint8Array | undefined {
    const first = this.nextSequence - this.length;
    return sequence < first ? undefined : this.messages[this.head + sequence - first];
  }

  /** Forgets all of them. */
  clear(): void {
    this.messages = [];
    this.head = 0;
    this.bytes = 0;
  }

  private get length(): number {
    return this.messages.length - this.head;
  }

  private drop(): void {
    this.bytes -= (this.messages[this.head] as Uint8Array).length;
    this.messages[this.head] = NOTHING;
    this.head += 1;
  }

  private compact(): void {
    this.messages = this.messages.slice(this.head);
    this.head = 0;
  }
}

const NOTHING = new Uint8Array(0);
