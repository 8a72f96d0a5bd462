import type { PeerIdentity } from '@clearway/platform-pki';

export type { PeerIdentity } from '@clearway/platform-pki';

/** First path segment of the SPIFFE id, as allow-tables write it. */
const SEGMENT = { service: 'svc', operator: 'operator', participant: 'participant' } as const;

/** An identity as allow-tables and clients write it, for example `svc/risk` or `participant/alice`. */
export function subjectOf(identity: PeerIdentity): string {
  return `${SEGMENT[identity.kind]}/${identity.name}`;
}
