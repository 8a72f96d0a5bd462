import { type handleUnaryCall, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import type { CallContext } from './call-context';
import type { CallGate, GatedMethod } from './call-gate';
import type { CallSpan } from './call-span';
import type { CallTracing } from './call-tracing';
import { RpcError } from './rpc-error';
import type { UnaryHandler } from './service-handlers';

type Call = ServerUnaryCall<unknown, unknown>;
type Answer = sendUnaryData<unknown>;

/** Wraps a unary handler for grpc-js: one function call in and one out, no interceptors. */
export function unaryCall(
  gate: CallGate,
  method: GatedMethod,
  handler: UnaryHandler<unknown, unknown>,
): handleUnaryCall<unknown, unknown> {
  return (call, answer) => {
    let span: CallSpan | undefined;
    const observed = gate.observer ? observing(gate, method, answer, () => span?.traceparent) : answer;
    let context: CallContext;
    try {
      context = gate.admit(call, method, call.request);
    } catch (refused) {
      observed(gate.refusal(refused, call, method));
      return;
    }
    const { tracing } = gate.settings;
    span = method.alwaysOpen ? undefined : tracing?.begin(context, context.callerTraceparent);
    if (!tracing || !span) {
      void work(gate, method, handler, call, context, observed);
      return;
    }
    context.span = span;
    void span.run(() => work(gate, method, handler, call, context, ending(tracing, span, observed)));
  };
}

/**
 * Runs the handler. Its place among the calls in flight is held until it has really ended, even when the caller has gone:
 * what is limited is the work, not the waiting.
 */
async function work(
  gate: CallGate,
  method: GatedMethod,
  handler: UnaryHandler<unknown, unknown>,
  call: Call,
  context: CallContext,
  answer: Answer,
): Promise<void> {
  gate.inFlightUnary += 1;
  const deadline = hasOwnDeadline(call)
    ? undefined
    : new DefaultDeadline(gate, method, call, context, answer);
  try {
    const response = await handler(call.request, context);
    if (!deadline?.passed) answer(null, response);
  } catch (thrown) {
    if (!deadline?.passed) answer(gate.refusal(thrown, call, method, context));
  } finally {
    deadline?.clear();
    gate.inFlightUnary -= 1;
  }
}

function hasOwnDeadline(call: Call): boolean {
  return call.getDeadline() !== Number.POSITIVE_INFINITY;
}

/** Ends a call that came without a deadline of its own; grpc-js sees to the others. */
class DefaultDeadline {
  passed = false;
  private readonly timer: NodeJS.Timeout;

  constructor(gate: CallGate, method: GatedMethod, call: Call, context: CallContext, answer: Answer) {
    this.timer = setTimeout(() => {
      this.passed = true;
      const error = new RpcError('OUTCOME_UNKNOWN');
      answer(gate.refusal(error, call, method, context));
      context.abort(error);
    }, gate.settings.limits.defaultDeadlineMs);
    this.timer.unref();
  }

  clear(): void {
    clearTimeout(this.timer);
  }
}

function ending(tracing: CallTracing, span: CallSpan, answer: Answer): Answer {
  return (error, value) => {
    tracing.ended(span, status[error?.code ?? status.OK]);
    answer(error, value);
  };
}

function observing(
  gate: CallGate,
  method: GatedMethod,
  answer: Answer,
  traceparentOf: () => string | undefined,
): Answer {
  const startedMs = performance.now();
  gate.observer?.started?.(method.path);
  return (error, value) => {
    const durationMs = performance.now() - startedMs;
    gate.observer?.ended(method.path, error?.code ?? status.OK, durationMs, traceparentOf());
    answer(error, value);
  };
}
