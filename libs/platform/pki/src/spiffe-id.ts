/** The SPIFFE trust domain of every Clearway identity. */
export const TRUST_DOMAIN = 'clearway';

/** Who may stand behind a certificate: a program of ours, a person who runs it, or a member who trades on it. */
export type IdentityKind = 'service' | 'operator' | 'participant';

const SEGMENT_OF_KIND: Readonly<Record<IdentityKind, string>> = {
  service: 'svc',
  operator: 'operator',
  participant: 'participant',
};

const KIND_OF_SEGMENT = new Map(
  (Object.keys(SEGMENT_OF_KIND) as IdentityKind[]).map((kind) => [SEGMENT_OF_KIND[kind], kind] as const),
);

const NAME_CHARS_MAX = 63;
const NAME_PATTERN = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const URI_PATTERN = /^spiffe:\/\/([^/]*)\/([^/]*)\/([^/]*)$/;

/** What a SPIFFE id says. */
export interface SpiffeName {
  readonly kind: IdentityKind;
  /** Lower-case letters, digits and single inner hyphens: `risk`, `alice`, `market-maker-1`. */
  readonly name: string;
}

/** Why a text is no SPIFFE id of ours. */
export type SpiffeRefusal = 'MALFORMED_SPIFFE_ID' | 'FOREIGN_TRUST_DOMAIN' | 'UNKNOWN_KIND';

/** True for a name that may be the last part of a SPIFFE id, a common name and a file name all at once. */
export function isIdentityName(name: string): boolean {
  return name.length <= NAME_CHARS_MAX && NAME_PATTERN.test(name);
}

/**
 * Writes the SPIFFE id of an identity, for example `spiffe://clearway/svc/risk`.
 * @throws RangeError for a name with other characters
 */
export function spiffeIdOf({ kind, name }: SpiffeName): string {
  if (!isIdentityName(name)) throw new RangeError(`"${name}" cannot name an identity`);
  return `spiffe://${TRUST_DOMAIN}/${SEGMENT_OF_KIND[kind]}/${name}`;
}

/**
 * Reads a SPIFFE id byte by byte as it stands: no percent-decoding, no case folding, no dot segments, no query. Two
 * spellings of one identity would be two chances to slip past an allow-list.
 */
export function parseSpiffeId(uri: string): SpiffeName | SpiffeRefusal {
  const [, domain, segment, name] = URI_PATTERN.exec(uri) ?? [];
  if (domain === undefined || segment === undefined || name === undefined) return 'MALFORMED_SPIFFE_ID';
  if (domain !== TRUST_DOMAIN) return 'FOREIGN_TRUST_DOMAIN';
  const kind = KIND_OF_SEGMENT.get(segment);
  if (kind === undefined) return 'UNKNOWN_KIND';
  return isIdentityName(name) ? { kind, name } : 'MALFORMED_SPIFFE_ID';
}
