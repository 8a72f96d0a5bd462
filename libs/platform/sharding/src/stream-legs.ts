import type { CallContext, ClientDuplex, DuplexStream } from '@clearway/platform-rpc';
import type { LocalShard } from './local-shard';
import type { AnyBidiHandler, StreamLeg } from './routes';
import type { SharedFlow } from './shared-flow';
import { untilLeaving } from './until-leaving';

/** A part that another process serves. */
export function remoteLeg(
  duplex: ClientDuplex<unknown, unknown>,
  flow: SharedFlow,
  onMessage: (message: unknown) => void,
): StreamLeg<unknown> {
  let isBehind = false;
  const caughtUp = (): void => {
    isBehind = false;
    flow.resume();
  };
  return {
    send: (message) => {
      if (duplex.write(message) || isBehind) return;
      isBehind = true;
      flow.pause();
      void duplex.drained().then(caughtUp);
    },
    end: () => duplex.end(),
    ended: duplex.receive((message) => {
      flow.requireReader();
      onMessage(message);
    }),
  };
}

/** A part that this process serves: the shard's own handler behind a stream in memory. */
export function localLeg(
  shard: LocalShard,
  handler: AnyBidiHandler,
  call: CallContext,
  flow: SharedFlow,
  onMessage: (message: unknown) => void,
): StreamLeg<unknown> {
  const inner = new InnerStream(flow, onMessage, call.signal);
  return {
    send: (message) => inner.put(message),
    end: () => inner.finish(),
    ended: untilLeaving(shard, call, () => handler(call, inner)),
  };
}

/** What a handler takes for its client's stream: requests are handed in, answers handed out, nothing crosses a socket. */
class InnerStream implements DuplexStream<unknown, unknown> {
  private waiting: unknown[] = [];
  private listener: ((message: unknown) => void) | undefined;
  private isPaused = false;
  private isFinished = false;
  private settle: { resolve(): void; reject(error: unknown): void } | undefined;

  constructor(
    private readonly flow: SharedFlow,
    private readonly onMessage: (message: unknown) => void,
    signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => this.settle?.resolve(), { once: true });
  }

  get bufferedMessages(): number {
    return this.flow.bufferedMessages;
  }

  put(message: unknown): void {
    this.waiting.push(message);
    this.pass();
  }

  finish(): void {
    this.isFinished = true;
    this.pass();
  }

  write(message: unknown): boolean {
    this.onMessage(message);
    return true;
  }

  drained(): Promise<void> {
    return this.flow.drained();
  }

  async send(message: unknown): Promise<void> {
    this.write(message);
    await this.drained();
  }

  get requests(): AsyncIterable<unknown> {
    throw new Error('a part of a split stream is read with receive');
  }

  receive(listener: (request: unknown) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.listener = listener;
      this.settle = { resolve, reject };
      this.pass();
    });
  }

  pause(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    this.flow.pause();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.flow.resume();
    this.pass();
  }

  private pass(): void {
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
