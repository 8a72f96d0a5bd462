import type { DevelopmentIdentity } from '@clearway/platform-pki';

/** The services of a deployment: each has a database, a certificate and, in compose and Kubernetes, its name as host name. */
export const SERVICES = ['trading', 'risk', 'clearing', 'audit'] as const;

/** Two, because the release of a kill switch needs two. */
const OPERATORS = ['admin', 'officer'];
const PARTICIPANTS = ['alice', 'bob'];

/** Every certificate that a development deployment gets. */
export const IDENTITIES: readonly DevelopmentIdentity[] = [
  ...SERVICES.map((name) => ({ kind: 'service', name, dnsNames: [name, 'localhost'] }) as const),
  ...OPERATORS.map((name) => ({ kind: 'operator', name }) as const),
  ...PARTICIPANTS.map((name) => ({ kind: 'participant', name }) as const),
];
