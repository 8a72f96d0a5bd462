import type { CallContext } from './call-context';
import type { CallSpan } from './call-span';

/**
 * Hook for tracing of unary calls. It is asked once per call that was admitted and must not throw; for calls that are not
 * traced it must cost next to nothing. A refused call is never traced: whoever may not call must not cause spans either.
 */
export interface CallTracing {
  /** Starts the span of a call that is sampled, undefined for the others. `callerTraceparent` is empty for none. */
  begin(call: CallContext, callerTraceparent: string): CallSpan | undefined;
  /** The call is answered with a gRPC status, for example `OK`. */
  ended(span: CallSpan, statusName: string): void;
}
