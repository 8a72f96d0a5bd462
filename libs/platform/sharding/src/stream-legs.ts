import type { CallContext, ClientDuplex, DuplexStream } from '@clearway/platform-rpc';
import type { LocalShard } from './local-shard';
import type { AnyBidiHandler, StreamLeg } from './routes';
import { untilLeaving } from './until-leaving';

/** A part that another process serves. */
export function remoteLeg(
  duplex: ClientDuplex<unknown, unknown>,
  onMessage: (message: unknown) => void,
): StreamLeg<unknown> {
  return {
    send: (message) => void duplex.write(message),
    end: () => duplex.end(),
    ended: duplex.receive(onMessage),
  };
}

/** A part that this process serves: the shard's own handler behind a stream in memory. */
export function localLeg(
  shard: LocalShard,
  handler: AnyBidiHandler,
  call: CallContext,
  onMessage: (message: unknown) => void,
): StreamLeg<unknown> {
  const inner = new InnerStream(onMessage, call.signal);
  return {
    send: (message) => inner.put(message),
    end: () => inner.finish(),
    ended: untilLeaving(shard, call, () => handler(call, inner)),
  };
}

/** What a handler takes for its client's stream: requests are handed in, answers handed out, nothing crosses a socket. */
class InnerStream implements DuplexStream<unknown, unknown> {
  readonly bufferedMessages = 0;
  private waiting: unknown[] = [];
  private listener: ((message: unknown) => void) | undefined;
  private isPaused = false;
  private isFinished = false;
  private settle: { resolve(): void; reject(error: unknown): void } | undefined;

  constructor(
    private readonly onMessage: (message: unknown) => void,
    signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => this.settle?.resolve(), { once: true });
  }

  put(message: unknown): void {
    this.waiting.push(message);
    this.flow();
  }

  finish(): void {
    this.isFinished = true;
    this.flow();
  }

  write(message: unknown): boolean {
    this.onMessage(message);
    return true;
  }

  async drained(): Promise<void> {}

  async send(message: unknown): Promise<void> {
    this.write(message);
  }

  get requests(): AsyncIterable<unknown> {
    throw new Error('a part of a split stream is read with receive');
  }

  receive(listener: (request: unknown) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.listener = listener;
      this.settle = { resolve, reject };
      this.flow();
    });
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.flow();
  }

  private flow(): void {
    if (this.listener === undefined) return;
    while (!this.isPaused && this.waiting.length > 0) {
      try {
        this.listener(this.waiting.shift());
      } catch (error) {
        this.settle?.reject(error);
        return;
      }
    }
    if (this.isFinished && this.waiting.length === 0) this.settle?.resolve();
  }
}
