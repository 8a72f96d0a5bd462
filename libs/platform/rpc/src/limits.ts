/** What a server accepts at most. Every figure is a bound on memory or time that one caller could otherwise take. */
export interface RpcLimits {
  /** Largest message received, in bytes; larger ones end the call with RESOURCE_EXHAUSTED. */
  readonly receiveMessageBytesMax: number;
  /** Calls open at one time on one connection; the client queues what is more. */
  readonly concurrentStreamsMax: number;
  /** Connections open at one time; more are closed at once. */
  readonly connectionsMax: number;
  /** Unary calls being worked on at one time, over all connections; more get OVERLOADED. */
  readonly inFlightUnaryMax: number;
  /** Streams open at one time, over all connections; more get OVERLOADED. */
  readonly openStreamsMax: number;
  /** Of those, streams of one identity: one participant must not keep out the others. */
  readonly openStreamsPerPeerMax: number;
  /** A call whose request has not arrived whole after this time is reset; streams of requests may take as long as they like. */
  readonly requestTimeMaxMs: number;
  /** Deadline of a unary call that came without one. */
  readonly defaultDeadlineMs: number;
  /** What RetryInfo says in OVERLOADED. */
  readonly overloadRetryAfterMs: number;
  /** A TLS handshake that takes longer is cut. */
  readonly handshakeTimeoutMs: number;
  /** A quiet connection is pinged this often, so that a dead peer's calls and streams are given up. */
  readonly keepaliveIntervalMs: number;
  readonly keepaliveTimeoutMs: number;
  /** A connection this old is told to go (GOAWAY): the peer comes back and shows its certificate again. */
  readonly connectionAgeMaxMs: number;
  /** What its open calls still get after that. */
  readonly connectionAgeGraceMs: number;
  /** Refusals told to the access log per second; more are only counted. */
  readonly refusalsLoggedPerSecondMax: number;
}

/** Sane for one service on one core; each may be set by the service's configuration. */
export const DEFAULT_LIMITS: RpcLimits = {
  receiveMessageBytesMax: 4 * 1024 * 1024,
  concurrentStreamsMax: 1_000,
  connectionsMax: 2_000,
  inFlightUnaryMax: 4_000,
  openStreamsMax: 2_000,
  openStreamsPerPeerMax: 500,
  requestTimeMaxMs: 15_000,
  defaultDeadlineMs: 10_000,
  overloadRetryAfterMs: 100,
  handshakeTimeoutMs: 5_000,
  keepaliveIntervalMs: 20_000,
  keepaliveTimeoutMs: 10_000,
  connectionAgeMaxMs: 12 * 3_600_000,
  connectionAgeGraceMs: 60_000,
  refusalsLoggedPerSecondMax: 50,
};
