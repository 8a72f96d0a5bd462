import type { ServerHttp2Session } from 'node:http2';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { identityOf } from '@clearway/platform-pki';
import type { AccessLog } from './access-log';
import { sessionOf } from './grpc-internals';
import type { PeerIdentity } from './peer-identity';
import type { CertificateMarks } from './revocation-list';
import type { SurfaceCall } from './surface-call';

/** What is known of the peer of one connection. */
export interface PeerSession {
  /** Undefined when the certificate, though of our CA, names nobody. */
  readonly identity: PeerIdentity | undefined;
  /** Peer address, host:port. */
  readonly address: string;
  /** End of the certificate's validity, milliseconds since the epoch: a connection may outlive it. */
  readonly validUntilMs: number;
  /** By which the certificate may be found on the revocation list. */
  readonly marks: CertificateMarks;
}

/** Judges each connection's certificate once and remembers the answer for as long as the connection lives. */
export class PeerSessions {
  private readonly known = new WeakMap<ServerHttp2Session, PeerSession>();

  constructor(private readonly access: AccessLog) {}

  /** The peer of a call. Costs a map look-up, except for the first call of a connection. */
  of(call: SurfaceCall): PeerSession {
    const session = sessionOf(call);
    if (!session) return this.judge(call, call.getAuthContext().sslPeerCertificate);
    let peer = this.known.get(session);
    if (!peer) {
      const socket = session.socket as TLSSocket;
      peer = this.judge(call, socket.authorized ? socket.getPeerCertificate() : undefined);
      this.known.set(session, peer);
    }
    return peer;
  }

  private judge(call: SurfaceCall, certificate: PeerCertificate | undefined): PeerSession {
    const verdict = identityOf(certificate);
    const identity = verdict.ok ? verdict.identity : undefined;
    const address = call.getPeer();
    if (identity) this.access.sessionOpened(identity, address, userAgentOf(call));
    const validUntilMs = certificate ? Date.parse(certificate.valid_to) : 0;
    const { serialNumber = '', fingerprint256 = '' } = certificate ?? {};
    return {
      identity,
      address,
      validUntilMs,
      marks: { spiffeId: identity?.spiffeId, serialNumber, fingerprint256 },
    };
  }
}

const USER_AGENT_CHARS_MAX = 256;

/** User agent that the caller's client sent, cut to a bounded length; empty when there is none. */
export function userAgentOf(call: SurfaceCall): string {
  const [agent] = call.metadata.get('user-agent');
  return typeof agent === 'string' ? agent.slice(0, USER_AGENT_CHARS_MAX) : '';
}

/** Lets the peer go once its open calls are done, so that it connects again and shows a new certificate. */
export function closeSessionOf(call: SurfaceCall): void {
  sessionOf(call)?.close();
}
