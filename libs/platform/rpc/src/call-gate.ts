import type { AccessLog, RefusalCode } from './access-log';
import type { AllowRule } from './allow-table';
import { CallContext, deadlineMsOf } from './call-context';
import type { CallObserver } from './call-observer';
import type { CallTracing } from './call-tracing';
import { toWireStatus, type WireStatus } from './error-status';
import { type ForwardedIdentity, forwardedIdentity, isForwarded } from './forwarded-call';
import type { RpcLimits } from './limits';
import type { PeerIdentity } from './peer-identity';
import { closeSessionOf, type PeerSession, type PeerSessions } from './peer-sessions';
import type { RevocationList } from './revocation-list';
import { RpcError } from './rpc-error';
import type { RpcLog } from './rpc-log';
import type { SurfaceCall } from './surface-call';

/** A method together with who may call it. */
export interface GatedMethod {
  readonly path: string;
  readonly isStream: boolean;
  readonly mayCall: AllowRule;
  /** Health stays reachable when the server is full or draining: that is when it is asked for. */
  readonly alwaysOpen: boolean;
}

/** A stream that is open now, as the drain sees it. */
export interface OpenStream {
  readonly call: SurfaceCall;
  /** SPIFFE id of the caller. */
  readonly peer: string | undefined;
  /** Ends it with the error at once. */
  fail(error: RpcError): void;
}

/** Lets a caller's call in, or gives the milliseconds after which it may try again. It must not wait. */
export type RateLimit = (caller: PeerIdentity) => number | undefined;

/** What the gate needs from its server. */
export interface GateSettings {
  readonly limits: RpcLimits;
  readonly access: AccessLog;
  readonly revocations: RevocationList;
  readonly log: RpcLog;
  readonly observer: CallObserver | undefined;
  /** SPIFFE id that may hand on the calls of others: this service's own, where it runs as several processes. */
  readonly forwarder?: string | undefined;
  readonly rateLimit?: RateLimit | undefined;
  readonly tracing?: CallTracing | undefined;
}

/** The request could not be decoded; stands in its place until the gate refuses the call. */
export const MALFORMED_REQUEST: unique symbol = Symbol('malformed request');

/** Every call's way in and out: identity, allow-list, limits, and the translation of whatever its handler throws. */
export class CallGate {
  readonly streams = new Set<OpenStream>();
  readonly observer: CallObserver | undefined;
  inFlightUnary = 0;
  draining = false;

  constructor(
    readonly settings: GateSettings,
    private readonly sessions: PeerSessions,
  ) {
    this.observer = settings.observer;
  }

  /** Admits a call or throws the RpcError that refuses it. The checks come in the order of the reason catalogue. */
  admit(call: SurfaceCall, method: GatedMethod, request: unknown): CallContext {
    const peer = this.sessions.of(call);
    const connected = this.verified(call, peer);
    const origin = isForwarded(call.metadata) ? this.originOf(call, connected, method) : undefined;
    const caller = origin?.identity ?? connected;
    if (!method.mayCall(caller)) {
      throw new RpcError('METHOD_NOT_ALLOWED', undefined, { caller: caller.spiffeId, method: method.path });
    }
    if (request === MALFORMED_REQUEST)
      throw new RpcError('FIELD_INVALID', 'The request is not valid Protobuf.');
    if (!method.alwaysOpen) {
      // A call that another process hands on was counted where it came in.
      if (origin === undefined) this.requireRate(caller);
      this.requireRoom(method);
    }
    if (method.isStream) this.requireShare(caller);
    const deadlineMicros = this.deadlineMicros(call, method);
    if (origin === undefined) return new CallContext(caller, peer.address, method.path, deadlineMicros, call);
    const address = `${origin.address} via ${peer.address}`;
    return new CallContext(caller, address, method.path, deadlineMicros, call, origin.device);
  }

  /**
   * The caller that another process hands on. Only this service's own certificate may speak for others, only for an
   * identity that is not revoked here either, and what that identity may call is checked as if it had come itself.
   */
  private originOf(call: SurfaceCall, connected: PeerIdentity, { path }: GatedMethod): ForwardedIdentity {
    const { forwarder, revocations } = this.settings;
    const metadata = { caller: connected.spiffeId, method: path };
    if (forwarder === undefined || connected.spiffeId !== forwarder)
      throw new RpcError('METHOD_NOT_ALLOWED', 'This identity may not call on behalf of others.', metadata);
    const origin = forwardedIdentity(call.metadata);
    if (origin === undefined) throw new RpcError('NO_IDENTITY', 'The forwarded call names nobody.');
    if (revocations.revokesIdentity(origin.identity.spiffeId))
      throw new RpcError('NO_IDENTITY', 'The forwarded identity has been revoked.');
    return origin;
  }

  private verified(call: SurfaceCall, peer: PeerSession): NonNullable<PeerSession['identity']> {
    const withdrawn = this.withdrawalOf(peer);
    if (withdrawn) {
      closeSessionOf(call);
      throw withdrawn;
    }
    if (!peer.identity) throw new RpcError('NO_IDENTITY');
    return peer.identity;
  }

  /** Why a connection that once was good is no longer; undefined while it is. */
  private withdrawalOf(peer: PeerSession): RpcError | undefined {
    if (peer.identity && Date.now() > peer.validUntilMs)
      return new RpcError('NO_IDENTITY', 'The client certificate has expired; connect again with a new one.');
    if (this.settings.revocations.revokes(peer.marks))
      return new RpcError('NO_IDENTITY', 'The client certificate has been revoked.');
    return undefined;
  }

  /** Ends the streams of peers whose certificate has expired or was revoked since they were opened. */
  endWithdrawnStreams(): void {
    for (const stream of this.streams) {
      if (stream.call.cancelled) continue;
      const withdrawn = this.withdrawalOf(this.sessions.of(stream.call));
      if (!withdrawn) continue;
      stream.fail(withdrawn);
      closeSessionOf(stream.call);
    }
  }

  /** Streams are only counted by identity once there are as many as one may have. */
  private requireShare({ spiffeId }: PeerIdentity): void {
    const { openStreamsPerPeerMax, overloadRetryAfterMs: retryAfterMs } = this.settings.limits;
    if (this.streams.size < openStreamsPerPeerMax) return;
    let own = 0;
    for (const stream of this.streams) if (stream.peer === spiffeId) own += 1;
    if (own < openStreamsPerPeerMax) return;
    throw new RpcError('OVERLOADED', 'This identity has too many open streams.', {}, { retryAfterMs });
  }

  private requireRate(caller: PeerIdentity): void {
    const retryAfterMs = this.settings.rateLimit?.(caller);
    if (retryAfterMs === undefined) return;
    throw new RpcError('OVERLOADED', 'This identity makes too many calls a second.', {}, { retryAfterMs });
  }

  private requireRoom(method: GatedMethod): void {
    if (this.draining) throw new RpcError('DRAINING');
    const { inFlightUnaryMax, openStreamsMax, overloadRetryAfterMs: retryAfterMs } = this.settings.limits;
    const full = method.isStream
      ? this.streams.size >= openStreamsMax
      : this.inFlightUnary >= inFlightUnaryMax;
    if (full) throw new RpcError('OVERLOADED', undefined, {}, { retryAfterMs });
  }

  private deadlineMicros(call: SurfaceCall, method: GatedMethod): number | undefined {
    const deadlineMs = deadlineMsOf(call);
    if (deadlineMs !== undefined) return Math.round(deadlineMs * 1000);
    return method.isStream ? undefined : (Date.now() + this.settings.limits.defaultDeadlineMs) * 1000;
  }

  /**
   * Turns what was thrown into what is sent. An RpcError crosses whole; anything else is a bug, of which the caller learns
   * a trace id and the log the cause. Refusals of identity or right are told to the access log.
   */
  refusal(thrown: unknown, call: SurfaceCall, method: GatedMethod, context?: CallContext): WireStatus {
    const error = thrown instanceof RpcError ? thrown : this.bug(thrown, method, context);
    if (error.status === 'UNAUTHENTICATED' || error.status === 'PERMISSION_DENIED') {
      const peer = this.sessions.of(call);
      this.settings.access.refused(
        peer.identity,
        method.path,
        error.reason satisfies RefusalCode,
        peer.address,
      );
    }
    return toWireStatus(error);
  }

  private bug(thrown: unknown, method: GatedMethod, context: CallContext | undefined): RpcError {
    const traceId = context?.traceId ?? '';
    this.settings.log.error({ err: thrown, method: method.path, traceId }, 'a call failed by a bug');
    return new RpcError('INTERNAL', `Internal error; the log has it under trace id ${traceId}.`, { traceId });
  }
}
