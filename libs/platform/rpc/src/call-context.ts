import { randomBytes } from 'node:crypto';
import type { journal } from '@clearway/contracts';
import type { CallSpan } from './call-span';
import { type ForwardedCaller, shardHeaderOf } from './forwarded-call';
import type { PeerIdentity } from './peer-identity';
import { userAgentOf } from './peer-sessions';
import type { SurfaceCall } from './surface-call';

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
const TRACE_ID_BYTES = 16;

/** Who caused a command, from where and how: all of the journal's context but the time, which the shard sets. */
export type CallOrigin = Omit<journal.CommandContext, 'atMicros'>;

/** What a handler knows of its call. What costs something is worked out when it is first asked for. */
export class CallContext {
  private lazySignal: AbortController | undefined;
  private lazyTraceId: string | undefined;
  private lazyTraceparent: string | undefined;
  /** The call's own span; undefined while it is not traced, which most calls are not. */
  span: CallSpan | undefined;

  constructor(
    /** Verified by the client's certificate and admitted by the allow-table. */
    readonly caller: PeerIdentity,
    /** Peer address, host:port. */
    readonly address: string,
    /** Full path, for example `/clearway.trading.v1.TradingService/PlaceOrder`. */
    readonly method: string,
    /** When the caller stops waiting, microseconds since the epoch. Undefined for a stream without a deadline. */
    readonly deadlineMicros: number | undefined,
    private readonly call: SurfaceCall,
    /** Set when another process of this service handed the call on: the user agent of the caller's own client. */
    private readonly forwardedDevice?: string,
  ) {}

  /** User agent of the caller's client, at most 256 characters. */
  get userAgent(): string {
    return this.forwardedDevice ?? userAgentOf(this.call);
  }

  /** Whether another process of this service handed the call on; `caller` and `address` are then what it saw. */
  get isForwarded(): boolean {
    return this.forwardedDevice !== undefined;
  }

  /** Shard that the call says it is for, such as `risk/1`; empty when it says nothing. */
  get shard(): string {
    return shardHeaderOf(this.call.metadata);
  }

  /** This call's caller, for handing the call on to another process of this service. */
  get onBehalfOf(): ForwardedCaller {
    return { spiffeId: this.caller.spiffeId, address: this.address, device: this.userAgent };
  }

  /** W3C traceparent of the call's span, else of the caller; empty when there is none or it is malformed. */
  get traceparent(): string {
    return this.span?.traceparent ?? this.callerTraceparent;
  }

  /** W3C traceparent that the caller sent; empty when there is none or it is malformed. */
  get callerTraceparent(): string {
    if (this.lazyTraceparent === undefined) {
      const [value] = this.call.metadata.get('traceparent');
      this.lazyTraceparent = typeof value === 'string' && TRACEPARENT.test(value) ? value : '';
    }
    return this.lazyTraceparent;
  }

  /** 32 hexadecimal digits: those of the traceparent, otherwise made up for this call. */
  get traceId(): string {
    this.lazyTraceId ??=
      TRACEPARENT.exec(this.traceparent)?.[1] ?? randomBytes(TRACE_ID_BYTES).toString('hex');
    return this.lazyTraceId;
  }

  /** Aborts when the caller cancels, its deadline passes, its connection breaks or the server drains its streams. */
  get signal(): AbortSignal {
    if (!this.lazySignal) {
      const controller = new AbortController();
      this.lazySignal = controller;
      if (this.call.cancelled) controller.abort();
      else this.call.once('cancelled', () => controller.abort());
    }
    return this.lazySignal.signal;
  }

  /** True when nobody waits for the answer any more. */
  get cancelled(): boolean {
    return this.call.cancelled || this.lazySignal?.signal.aborted === true;
  }

  /** Aborts the signal, for ends that grpc-js does not know of: the default deadline and draining. */
  abort(reason?: unknown): void {
    void this.signal;
    this.lazySignal?.abort(reason);
  }

  /** What the journal records about where a command came from. */
  toCommandContext(): CallOrigin {
    return {
      actor: this.caller.spiffeId,
      address: this.address,
      device: this.userAgent,
      traceparent: this.traceparent,
      method: this.method,
    };
  }
}

/** Deadline of a grpc-js call in milliseconds since the epoch; undefined when the caller set none. */
export function deadlineMsOf(call: SurfaceCall): number | undefined {
  const deadline = call.getDeadline();
  const deadlineMs = deadline instanceof Date ? deadline.getTime() : deadline;
  return Number.isFinite(deadlineMs) ? deadlineMs : undefined;
}
