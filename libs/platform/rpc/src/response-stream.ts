import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';
import { MALFORMED_REQUEST } from './call-gate';
import { RpcError } from './rpc-error';
import type { DuplexStream, ResponseStream } from './service-handlers';

/** The sending half of a grpc-js stream. */
export class GrpcResponseStream implements ResponseStream<unknown> {
  constructor(private readonly call: ServerWritableStream<unknown, unknown>) {}

  get bufferedMessages(): number {
    return this.call.writableLength;
  }

  write(message: unknown): boolean {
    if (this.isOver()) return false;
    return this.call.write(message) === true;
  }

  drained(): Promise<void> {
    if (this.isOver() || !this.call.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => {
      const settle = (): void => {
        for (const event of DRAINED) this.call.removeListener(event, settle);
        resolve();
      };
      for (const event of DRAINED) this.call.on(event, settle);
    });
  }

  async send(message: unknown): Promise<void> {
    if (!this.write(message)) await this.drained();
  }

  private isOver(): boolean {
    return this.call.cancelled || this.call.writableEnded || this.call.destroyed;
  }
}

/** Ends of a wait: the reader caught up, went away, or the stream was ended by an error or a drain. */
const DRAINED = ['drain', 'cancelled', 'close', 'finish'] as const;

/** Both halves of a grpc-js stream. */
export class GrpcDuplexStream extends GrpcResponseStream implements DuplexStream<unknown, unknown> {
  constructor(private readonly duplex: ServerDuplexStream<unknown, unknown>) {
    super(duplex as unknown as ServerWritableStream<unknown, unknown>);
  }

  get requests(): AsyncIterable<unknown> {
    return readAll(this.duplex);
  }

  receive(listener: (request: unknown) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.duplex.on('data', (message: unknown) => {
        try {
          listener(wellFormed(message));
        } catch (thrown) {
          this.duplex.pause();
          reject(thrown);
        }
      });
      for (const event of NO_MORE) this.duplex.once(event, () => afterCancel(resolve));
    });
  }

  pause(): void {
    this.duplex.pause();
  }

  resume(): void {
    this.duplex.resume();
  }
}

const NO_MORE = ['end', 'cancelled', 'close'] as const;

/**
 * When a client goes away, grpc-js tells the end of its requests first and the cancel a moment later. Waiting for that
 * moment lets a handler see by `call.signal` whether the client has finished or has gone: it decides whether orders stay.
 */
function afterCancel(next: () => void): void {
  setImmediate(next);
}

async function* readAll(duplex: ServerDuplexStream<unknown, unknown>): AsyncGenerator<unknown> {
  try {
    for await (const message of duplex.iterator({ destroyOnReturn: false })) yield wellFormed(message);
    await new Promise<void>(afterCancel);
  } catch (thrown) {
    // A client that is gone ends the requests; whoever needs to know looks at `call.signal`.
    if (!duplex.cancelled && !duplex.destroyed) throw thrown;
    if (thrown instanceof RpcError) throw thrown;
  }
}

function wellFormed(message: unknown): unknown {
  if (message === MALFORMED_REQUEST) throw new RpcError('FIELD_INVALID', 'A message is not valid Protobuf.');
  return message;
}
