import { type CallContext, type CallTracing, subjectOf } from '@clearway/platform-rpc';
import type { OpenSpan, Tracing } from '@clearway/platform-telemetry';

/** Traces that callers may have recorded by their own decision, a second: a caller must not set our costs. */
const FOLLOWED_PER_SECOND_MAX = 100;

/** Statuses for which the server, not the caller, is at fault: the semantic conventions count only these as errors. */
const SERVER_FAULTS: ReadonlySet<string> = new Set([
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
]);

/** Where the server listens, as its spans say it. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Traces unary calls: those whose caller has sampled them, at most 100 a second, and of the others the configured share.
 * Names and attributes are those of OpenTelemetry's conventions for gRPC servers.
 */
export function callSpans(tracing: Tracing, address: ServerAddress): CallTracing {
  let second = 0;
  let followed = 0;
  const mayFollow = (): boolean => {
    const now = Math.floor(performance.now() / 1_000);
    if (now !== second) {
      second = now;
      followed = 0;
    }
    followed += 1;
    return followed <= FOLLOWED_PER_SECOND_MAX;
  };
  return {
    begin: (call, callerTraceparent) => {
      const isFollowed = tracing.follows(callerTraceparent) && mayFollow();
      if (!isFollowed && !(callerTraceparent === '' && tracing.beginsTrace())) return undefined;
      return serverSpan(tracing, call, isFollowed ? callerTraceparent : '', address);
    },
    ended: (span, statusName) => {
      span.set({ 'rpc.response.status_code': statusName });
      (span as OpenSpan).end(SERVER_FAULTS.has(statusName) ? statusName : undefined);
    },
  };
}

/** Span name and method are the full name of the method, without the leading slash. */
function serverSpan(tracing: Tracing, call: CallContext, parent: string, address: ServerAddress): OpenSpan {
  const method = call.method.slice(1);
  return tracing.start({ name: method, kind: 'server', parent, attributes: serverAttributes(call, address) });
}

/** What the spans of one served call have in common; also for the commands of a stream. */
export function serverAttributes(
  call: CallContext,
  address?: ServerAddress,
): Record<string, string | number> {
  const colon = call.address.lastIndexOf(':');
  return {
    'rpc.system.name': 'grpc',
    'rpc.method': call.method.slice(1),
    ...(address === undefined ? {} : { 'server.address': address.host, 'server.port': address.port }),
    'client.address': call.address.slice(0, colon),
    'client.port': Number(call.address.slice(colon + 1)),
    'clearway.caller': subjectOf(call.caller),
  };
}
