import type { CallContext } from './call-context';
import type { RequestOf, ResponseOf, WireMethod, WireService } from './wire-service';

/** Answers one request. Throw RpcError to refuse; anything else thrown is reported as a bug. */
export type UnaryHandler<Request, Response> = (request: Request, call: CallContext) => Promise<Response>;

/** Answers one request with a stream, which ends when the promise does. Watch `call.signal` to stop early. */
export type ServerStreamHandler<Request, Response> = (
  request: Request,
  call: CallContext,
  stream: ResponseStream<Response>,
) => Promise<void>;

/** Serves a stream both ways; the stream ends when the promise does. */
export type BidiHandler<Request, Response> = (
  call: CallContext,
  stream: DuplexStream<Request, Response>,
) => Promise<void>;

/** The sending half of a stream. */
export interface ResponseStream<Response> {
  /** Hands over a message. False means that the reader is behind: wait for `drained` or drop. After a cancel it does nothing. */
  write(message: Response): boolean;
  /** Messages handed over and not yet taken by the connection; a handler that does not wait must bound it. */
  readonly bufferedMessages: number;
  /** Resolves when the reader has caught up, or when there is no reader any more. */
  drained(): Promise<void>;
  /** `write`, then `drained` if need be. */
  send(message: Response): Promise<void>;
}

/** Both halves of a stream. Use either `requests` or `receive`, once. */
export interface DuplexStream<Request, Response> extends ResponseStream<Response> {
  /** Requests in order with back-pressure; ends when the client has ended its half or is gone (see `call.signal`). */
  readonly requests: AsyncIterable<Request>;
  /** The same without a promise per message: resolves when no more requests come, rejects with what the listener throws. */
  receive(listener: (request: Request) => void): Promise<void>;
  /** Stops and restarts `receive`, so that a full queue pushes back to the client. */
  pause(): void;
  resume(): void;
}

/** The handler shape that a method asks for. Client-only streams do not occur in these contracts. */
export type HandlerOf<Method extends WireMethod> = Method extends {
  readonly requestStream: true;
  readonly responseStream: true;
}
  ? BidiHandler<RequestOf<Method>, ResponseOf<Method>>
  : Method extends { readonly requestStream: true }
    ? never
    : Method extends { readonly responseStream: true }
      ? ServerStreamHandler<RequestOf<Method>, ResponseOf<Method>>
      : UnaryHandler<RequestOf<Method>, ResponseOf<Method>>;

/** One handler per method of the service; a missing one does not compile. */
export type ServiceHandlers<Service extends WireService> = {
  readonly [Name in keyof Service & string]: HandlerOf<Service[Name]>;
};
