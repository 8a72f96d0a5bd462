import { Metadata } from '@grpc/grpc-js';
import { type ForwardedCaller, forwardedHeaders, SHARD_HEADER } from './forwarded-call';

/** How one call is made. */
export interface CallOptions {
  /** Deadline in microseconds since the epoch, as a `CallContext` has it: pass on what is left of the caller's time. */
  readonly deadlineMicros?: number | undefined;
  /** Milliseconds from now. With both given the earlier one counts; with neither, `DEFAULT_TIMEOUT_MS`. */
  readonly timeoutMs?: number | undefined;
  /** Cancels the call. */
  readonly signal?: AbortSignal | undefined;
  /** W3C traceparent to hand on; empty for none. */
  readonly traceparent?: string | undefined;
  /** Shard that the call is for, such as `risk/1`, where its request does not say so; see SHARD_HEADER. */
  readonly shard?: string | undefined;
  /** Whose call this is, when a process hands a caller's call on to another one of its own service; see ON_BEHALF_HEADER. */
  readonly onBehalfOf?: ForwardedCaller | undefined;
}

/** How one unary call is made. */
export interface UnaryCallOptions extends CallOptions {
  /** True for a method that may safely be sent twice with the same content: retried within the deadline and the budget. */
  readonly idempotent?: boolean | undefined;
}

/** Deadline of a unary call whose caller names none: no call waits for ever. */
export const DEFAULT_TIMEOUT_MS = 10_000;

/** Absolute deadline in milliseconds since the epoch. */
export function deadlineMsFor({ deadlineMicros, timeoutMs }: CallOptions): number {
  const byCaller = deadlineMicros === undefined ? Number.POSITIVE_INFINITY : deadlineMicros / 1000;
  if (timeoutMs === undefined && deadlineMicros !== undefined) return byCaller;
  return Math.min(byCaller, Date.now() + (timeoutMs ?? DEFAULT_TIMEOUT_MS));
}

/** Deadline of a stream: none unless it is asked for. */
export function streamDeadlineMsFor(options: CallOptions): number | undefined {
  const { deadlineMicros, timeoutMs } = options;
  return deadlineMicros === undefined && timeoutMs === undefined ? undefined : deadlineMsFor(options);
}

/** Request headers of a call. */
export function metadataFor({ traceparent, shard, onBehalfOf }: CallOptions): Metadata {
  const metadata = new Metadata();
  if (traceparent) metadata.set('traceparent', traceparent);
  if (shard) metadata.set(SHARD_HEADER, shard);
  if (onBehalfOf) for (const [name, value] of forwardedHeaders(onBehalfOf)) metadata.set(name, value);
  return metadata;
}
