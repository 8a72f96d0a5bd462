import type { PeerCertificate } from 'node:tls';
import { identityOf } from '@clearway/platform-pki';
import { subjectOf } from './peer-identity';
import type { RevocationList } from './revocation-list';

/** A service as clients expect to meet it, for example `svc/risk`. */
export type ServiceSubject = `svc/${string}`;

/**
 * Checks who answers, instead of which host name: the server's certificate must carry the SPIFFE id of the service that was
 * meant, and must not be revoked. Pods and ports come and go, so a host name proves nothing here. Returns an error in the way that Node's TLS wants.
 */
export function serverIdentityCheck(
  expected: ServiceSubject,
  revocations: RevocationList,
): (host: string, certificate: PeerCertificate) => Error | undefined {
  return (_host, certificate) => {
    const verdict = identityOf(certificate);
    const found = verdict.ok ? subjectOf(verdict.identity) : verdict.reason;
    if (found !== expected) return new Error(`expected ${expected} to answer, found ${found}`);
    const { serialNumber, fingerprint256 } = certificate;
    const spiffeId = verdict.ok ? verdict.identity.spiffeId : undefined;
    const isRevoked = revocations.revokes({ spiffeId, serialNumber, fingerprint256 });
    return isRevoked ? new Error(`the certificate of ${expected} has been revoked`) : undefined;
  };
}
