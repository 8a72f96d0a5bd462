import type { ClientDuplexStream, ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import type { CallOptions } from './call-options';
import { fromServiceError } from './error-status';

/** Responses of a stream. Iterate once: the loop throws RpcError when the stream ends by an error; leaving it cancels. */
export interface ClientStream<Response> extends AsyncIterable<Response> {
  /** Takes responses without a promise per message; resolves at the end, rejects with RpcError, and takes none after that. Instead of iterating. */
  receive(listener: (response: Response) => void): Promise<void>;
  cancel(): void;
}

/** A stream both ways. */
export interface ClientDuplex<Request, Response> extends ClientStream<Response> {
  /** Hands over a message; false means that the server is behind, so wait for `drained`. */
  write(request: Request): boolean;
  /** Resolves when more may be written, or when the stream is over. */
  drained(): Promise<void>;
  /** Says that no more requests come; responses still do. */
  end(): void;
}

type Readable = ClientReadableStream<unknown> | ClientDuplexStream<unknown, unknown>;

/** Wraps a stream of responses. */
export class GrpcClientStream implements ClientStream<unknown> {
  /** How the stream failed before anybody read it: grpc-js tells an error once, to whoever listens then. */
  private failure: ServiceError | undefined;

  constructor(
    private readonly call: Readable,
    { signal }: CallOptions,
  ) {
    call.on('error', (error: ServiceError) => {
      this.failure = error;
    });
    if (!signal) return;
    const cancel = (): void => this.cancel();
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    call.once('status', () => signal.removeEventListener('abort', cancel));
  }

  cancel(): void {
    this.call.cancel();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    if (this.failure) throw fromServiceError(this.failure);
    try {
      yield* this.call as AsyncIterable<unknown>;
    } catch (error) {
      throw fromServiceError(error as ServiceError);
    } finally {
      this.cancel();
    }
  }

  receive(listener: (response: unknown) => void): Promise<void> {
    if (this.failure) return Promise.reject(fromServiceError(this.failure));
    return new Promise((resolve, reject) => {
      let isOver = false;
      const fail = (error: unknown): void => {
        isOver = true;
        reject(error);
      };
      this.call.once('end', resolve);
      this.call.once('error', (error: ServiceError) => fail(fromServiceError(error)));
      this.call.on('data', (response: unknown) => {
        // grpc-js tells an error at once, and what it had buffered before that afterwards.
        if (isOver) return;
        try {
          listener(response);
        } catch (thrown) {
          fail(thrown);
          this.cancel();
        }
      });
    });
  }
}

/** Wraps a stream both ways. */
export class GrpcClientDuplex extends GrpcClientStream implements ClientDuplex<unknown, unknown> {
  constructor(
    private readonly duplex: ClientDuplexStream<unknown, unknown>,
    options: CallOptions,
  ) {
    super(duplex, options);
  }

  write(request: unknown): boolean {
    if (this.duplex.writableEnded || this.duplex.destroyed) return false;
    return this.duplex.write(request);
  }

  drained(): Promise<void> {
    const { duplex } = this;
    if (!duplex.writableNeedDrain || duplex.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const settle = (): void => {
        for (const event of DRAINED) duplex.removeListener(event, settle);
        resolve();
      };
      for (const event of DRAINED) duplex.on(event, settle);
    });
  }

  end(): void {
    this.duplex.end();
  }
}

const DRAINED = ['drain', 'status', 'error', 'close'] as const;
