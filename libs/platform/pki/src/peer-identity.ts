import { type IdentityKind, parseSpiffeId, type SpiffeRefusal } from './spiffe-id';
import { SubjectAlternativeNameExtension, X509Certificate } from './x509';

/** Who is at the other end of a connection, as its certificate says. */
export interface PeerIdentity {
  readonly spiffeId: string;
  /** Equal to `name`; kept because audit records show both. */
  readonly commonName: string;
  readonly kind: IdentityKind;
  readonly name: string;
}

/** Why a certificate names nobody; in the order in which it is checked. */
export type PeerRefusal =
  | 'NO_CERTIFICATE'
  | 'UNREADABLE_CERTIFICATE'
  | 'NO_URI_SAN'
  | 'SEVERAL_URI_SANS'
  | SpiffeRefusal
  | 'NO_COMMON_NAME'
  | 'SEVERAL_COMMON_NAMES'
  | 'COMMON_NAME_MISMATCH';

/** Either an identity or the reason why there is none. */
export type PeerVerdict =
  | { readonly ok: true; readonly identity: PeerIdentity }
  | { readonly ok: false; readonly reason: PeerRefusal };

/** The part of a peer certificate that is looked at: its DER bytes, which Node gives as `raw` in both of its shapes. */
export interface PeerCertificateBytes {
  readonly raw?: Uint8Array | undefined;
}

const SUBJECT_ALTERNATIVE_NAME_OID = '2.5.29.17';

/**
 * Says who a peer is. Takes what `tls.TLSSocket.getPeerCertificate()`, `getPeerX509Certificate()` or grpc-js's
 * `getAuthContext().sslPeerCertificate` give. The names are read from the DER bytes: Node's `subjectaltname` string is
 * one line whose separators a hostile name can contain. Whether the chain leads to our CA is for TLS to decide, before.
 * Costs about 0.1 ms: keep the answer for as long as the connection lives.
 */
export function identityOf(peer: PeerCertificateBytes | null | undefined): PeerVerdict {
  if (peer?.raw === undefined || peer.raw.length === 0) return refuse('NO_CERTIFICATE');
  try {
    return judge(new X509Certificate(Uint8Array.from(peer.raw)));
  } catch {
    return refuse('UNREADABLE_CERTIFICATE');
  }
}

function judge(certificate: X509Certificate): PeerVerdict {
  const uris = uriNamesOf(certificate);
  const [spiffeId] = uris;
  if (spiffeId === undefined) return refuse('NO_URI_SAN');
  if (uris.length > 1) return refuse('SEVERAL_URI_SANS');
  const parsed = parseSpiffeId(spiffeId);
  if (typeof parsed === 'string') return refuse(parsed);
  const commonNames = certificate.subjectName.getField('CN');
  const [commonName] = commonNames;
  if (commonName === undefined) return refuse('NO_COMMON_NAME');
  if (commonNames.length > 1) return refuse('SEVERAL_COMMON_NAMES');
  if (commonName !== parsed.name) return refuse('COMMON_NAME_MISMATCH');
  return { ok: true, identity: { spiffeId, commonName, ...parsed } };
}

/** Reads every URI of every alternative-name extension, so that a second extension cannot hide behind the first. */
function uriNamesOf(certificate: X509Certificate): readonly string[] {
  return certificate.extensions
    .filter((extension) => extension.type === SUBJECT_ALTERNATIVE_NAME_OID)
    .flatMap((extension) => new SubjectAlternativeNameExtension(extension.rawData).names.items)
    .filter((name) => name.type === 'url')
    .map((name) => name.value);
}

function refuse(reason: PeerRefusal): PeerVerdict {
  return { ok: false, reason };
}
