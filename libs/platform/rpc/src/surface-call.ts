import type { PeerCertificate } from 'node:tls';
import type { Deadline, Metadata } from '@grpc/grpc-js';

/** What the four kinds of grpc-js server calls have in common. */
export interface SurfaceCall {
  readonly metadata: Metadata;
  readonly cancelled: boolean;
  getPeer(): string;
  getDeadline(): Deadline;
  getAuthContext(): { readonly sslPeerCertificate?: PeerCertificate };
  once(event: 'cancelled', listener: () => void): unknown;
}
