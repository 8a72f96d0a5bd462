import { constants, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

/**
 * The only place that reaches behind the public face of grpc-js (1.14): the HTTP/2 session of a call, so that a
 * certificate is judged once a connection instead of once a call, and the listening servers, for failed handshakes. A
 * spec fails when a new version has moved them; callers then fall back to what grpc-js shows to everybody.
 */
interface CallInternals {
  readonly call?: {
    readonly stream?: {
      readonly session?: ServerHttp2Session;
      readonly closed?: boolean;
      close?(code: number): void;
    };
  };
}

interface ServerInternals {
  readonly http2Servers?: ReadonlyMap<Http2SecureServer, unknown>;
}

/** The connection that a call came in on; undefined once it is gone. */
export function sessionOf(call: object): ServerHttp2Session | undefined {
  return (call as CallInternals).call?.stream?.session;
}

/** The HTTP/2 servers behind a bound grpc-js server. */
export function http2ServersOf(server: Server): readonly Http2SecureServer[] {
  return [...((server as unknown as ServerInternals).http2Servers?.keys() ?? [])];
}

/** Resets the HTTP/2 stream of a call, with whatever is still buffered for it; the client sees RESOURCE_EXHAUSTED. */
export function resetStreamOf(call: object): void {
  const stream = (call as CallInternals).call?.stream;
  if (stream && !stream.closed) stream.close?.(constants.NGHTTP2_ENHANCE_YOUR_CALM);
}
