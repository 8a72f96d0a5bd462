/** Hook for metrics and tracing. Both functions run on every call, so they must be cheap and must not throw. */
export interface CallObserver {
  /** `method` is the full path of the call. */
  started?(method: string): void;
  /**
   * `statusCode` is the gRPC status (0 is OK); a stream ends when its handler does. `traceparent` is that of the call's own
   * span, if it is traced.
   */
  ended(method: string, statusCode: number, durationMs: number, traceparent?: string): void;
}
