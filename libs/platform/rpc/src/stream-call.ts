import type {
  handleBidiStreamingCall,
  handleServerStreamingCall,
  ServerDuplexStream,
  ServerWritableStream,
} from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import type { CallContext } from './call-context';
import type { CallGate, GatedMethod, OpenStream } from './call-gate';
import type { WireStatus } from './error-status';
import { resetStreamOf } from './grpc-internals';
import { GrpcDuplexStream, GrpcResponseStream } from './response-stream';
import type { RpcError } from './rpc-error';
import type { BidiHandler, ServerStreamHandler } from './service-handlers';

type Call = ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>;

/** What a reader that does not read gets after the stream's end was sent, before the stream is reset. */
const END_GRACE_MS = 2_000;

/** Wraps a handler that answers one request with a stream. */
export function serverStreamCall(
  gate: CallGate,
  method: GatedMethod,
  handler: ServerStreamHandler<unknown, unknown>,
): handleServerStreamingCall<unknown, unknown> {
  return (call) =>
    serve(gate, method, call, call.request, (context) =>
      handler(call.request, context, new GrpcResponseStream(call)),
    );
}

/** Wraps a handler that serves a stream both ways. */
export function bidiCall(
  gate: CallGate,
  method: GatedMethod,
  handler: BidiHandler<unknown, unknown>,
): handleBidiStreamingCall<unknown, unknown> {
  return (call) =>
    serve(gate, method, call, undefined, (context) => handler(context, new GrpcDuplexStream(call)));
}

function serve(
  gate: CallGate,
  method: GatedMethod,
  call: Call,
  request: unknown,
  run: (context: CallContext) => Promise<void>,
): void {
  const stream = new ServedStream(gate, method, call);
  let context: CallContext;
  try {
    context = gate.admit(call, method, request);
  } catch (refused) {
    stream.end(gate.refusal(refused, call, method));
    return;
  }
  stream.opened(context);
  void stream.run(run, context);
}

/** One open stream: it ends once, by its handler, by a refusal or by the drain. */
class ServedStream implements OpenStream {
  private readonly startedMs = performance.now();
  private context: CallContext | undefined;
  private ended = false;

  constructor(
    private readonly gate: CallGate,
    private readonly method: GatedMethod,
    readonly call: Call,
  ) {
    gate.observer?.started?.(method.path);
  }

  get peer(): string | undefined {
    return this.context?.caller.spiffeId;
  }

  opened(context: CallContext): void {
    this.context = context;
    this.gate.streams.add(this);
  }

  async run(handler: (context: CallContext) => Promise<void>, context: CallContext): Promise<void> {
    try {
      await handler(context);
      this.end();
    } catch (thrown) {
      if (!this.ended) this.end(this.gate.refusal(thrown, this.call, this.method, this.context));
    } finally {
      this.gate.streams.delete(this);
    }
  }

  fail(error: RpcError): void {
    this.end(this.gate.refusal(error, this.call, this.method, this.context));
    this.context?.abort(error);
  }

  end(refusal?: WireStatus): void {
    if (this.ended) return;
    this.ended = true;
    this.gate.observer?.ended(
      this.method.path,
      refusal?.code ?? status.OK,
      performance.now() - this.startedMs,
    );
    if (this.call.cancelled) return;
    if (refusal) this.call.emit('error', refusal);
    else this.call.end();
    this.resetUnlessRead();
  }

  /** The end waits behind messages that were not read yet; a reader that has stopped must not keep them in memory. */
  private resetUnlessRead(): void {
    const timer = setTimeout(() => resetStreamOf(this.call), END_GRACE_MS);
    timer.unref();
    this.call.once('cancelled', () => clearTimeout(timer));
    this.call.once('close', () => clearTimeout(timer));
  }
}
