import { type DuplexStream, RpcError } from '@clearway/platform-rpc';

/** Messages that may wait for a client that does not read, before its stream ends. */
const BUFFERED_MESSAGES_MAX = 10_000;

/** One client's stream as its parts on several shards share it: reading pauses while any of them asks for that. */
export class SharedFlow {
  private pauses = 0;

  constructor(private readonly stream: DuplexStream<unknown, unknown>) {}

  get bufferedMessages(): number {
    return this.stream.bufferedMessages;
  }

  pause(): void {
    this.pauses += 1;
    if (this.pauses === 1) this.stream.pause();
  }

  resume(): void {
    this.pauses -= 1;
    if (this.pauses === 0) this.stream.resume();
  }

  drained(): Promise<void> {
    return this.stream.drained();
  }

  /** Ends what comes from another process for a client that does not read: its reading can not be slowed down. */
  requireReader(): void {
    if (this.stream.bufferedMessages > BUFFERED_MESSAGES_MAX) throw new RpcError('SLOW_READER');
  }
}
