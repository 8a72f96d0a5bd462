import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type CertificateAndKey, createAuthority, issueCertificate } from './certificate-authority';
import { identityOf } from './peer-identity';
import { type SpiffeName, spiffeIdOf } from './spiffe-id';

/** One certificate to have. */
export interface DevelopmentIdentity extends SpiffeName {
  /** Default: `localhost` for a service, none for people. */
  readonly dnsNames?: readonly string[];
  /** Default: `127.0.0.1` and `::1` for a service, none for people. */
  readonly ipAddresses?: readonly string[];
}

/** Absolute paths of PEM files, in the form that TLS settings take. */
export interface TlsPaths {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** How long leaves live and when they are renewed; the defaults are 90 and 30 days. */
export interface DevelopmentPkiOptions {
  readonly leafDays?: number;
  readonly renewBeforeDays?: number;
}

const LEAF_DAYS_DEFAULT = 90;
const RENEW_BEFORE_DAYS_DEFAULT = 30;
const CA_RENEW_BEFORE_DAYS = 180;
const DAY_MS = 86_400_000;

/**
 * Has a development CA and one certificate per identity in a folder, and makes what is missing, damaged, near its
 * end, signed by another CA or lacking a name. Whatever is good stays, so a second call changes nothing. Every file is
 * replaced by a rename, so a reader sees an old or a new one, never half; a key is on disk before its certificate.
 * @returns the paths by SPIFFE id
 * @throws RangeError for a name that cannot be an identity's; file system errors as they are
 */
export async function ensureDevelopmentPki(
  dir: string,
  identities: readonly DevelopmentIdentity[],
  options: DevelopmentPkiOptions = {},
): Promise<ReadonlyMap<string, TlsPaths>> {
  const wanted = identities.map((identity) => ({ identity, spiffeId: spiffeIdOf(identity) }));
  const folder = resolve(dir);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const authority = await ensureAuthority(folder);
  const found = new Map<string, TlsPaths>();
  for (const { identity, spiffeId } of wanted) {
    found.set(spiffeId, await ensureLeaf(folder, authority, identity, options));
  }
  return found;
}

async function ensureAuthority(folder: string): Promise<CertificateAndKey> {
  const paths = { cert: join(folder, 'ca.crt'), key: join(folder, 'ca.key') };
  const present = await readPair(paths);
  if (present !== undefined && isFresh(present, CA_RENEW_BEFORE_DAYS)) return present;
  const made = await createAuthority();
  await writePair(paths, made);
  return made;
}

async function ensureLeaf(
  folder: string,
  authority: CertificateAndKey,
  identity: DevelopmentIdentity,
  options: DevelopmentPkiOptions,
): Promise<TlsPaths> {
  const file = join(folder, `${identity.kind}-${identity.name}`);
  const paths: TlsPaths = { ca: join(folder, 'ca.crt'), cert: `${file}.crt`, key: `${file}.key` };
  const isService = identity.kind === 'service';
  const request = {
    spiffeId: spiffeIdOf(identity),
    commonName: identity.name,
    dnsNames: identity.dnsNames ?? (isService ? ['localhost'] : []),
    ipAddresses: identity.ipAddresses ?? (isService ? ['127.0.0.1', '::1'] : []),
    days: options.leafDays ?? LEAF_DAYS_DEFAULT,
  };
  const present = await readPair(paths);
  const renewBeforeDays = options.renewBeforeDays ?? RENEW_BEFORE_DAYS_DEFAULT;
  const isGood =
    present !== undefined &&
    isFresh(present, renewBeforeDays) &&
    isSignedBy(present, authority) &&
    hasNames(present, request);
  if (!isGood) await writePair(paths, await issueCertificate(authority, request));
  return paths;
}

/** Reads a certificate and its key; undefined when one is missing, damaged, or they do not belong together. */
async function readPair(paths: { cert: string; key: string }): Promise<CertificateAndKey | undefined> {
  try {
    const certificatePem = await readFile(paths.cert, 'utf8');
    const privateKeyPem = await readFile(paths.key, 'utf8');
    const belongs = new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(privateKeyPem));
    if (!belongs) return undefined;
    await chmod(paths.key, 0o600);
    return { certificatePem, privateKeyPem };
  } catch {
    return undefined;
  }
}

function isFresh({ certificatePem }: CertificateAndKey, renewBeforeDays: number): boolean {
  const { validFromDate, validToDate } = new X509Certificate(certificatePem);
  const nowMs = Date.now();
  return validFromDate.getTime() <= nowMs && validToDate.getTime() > nowMs + renewBeforeDays * DAY_MS;
}

function isSignedBy(leaf: CertificateAndKey, authority: CertificateAndKey): boolean {
  const issuer = new X509Certificate(authority.certificatePem);
  const certificate = new X509Certificate(leaf.certificatePem);
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function hasNames(
  { certificatePem }: CertificateAndKey,
  request: { spiffeId: string; dnsNames: readonly string[]; ipAddresses: readonly string[] },
): boolean {
  const certificate = new X509Certificate(certificatePem);
  const verdict = identityOf(certificate);
  return (
    verdict.ok &&
    verdict.identity.spiffeId === request.spiffeId &&
    request.dnsNames.every((name) => certificate.checkHost(name) !== undefined) &&
    request.ipAddresses.every((address) => certificate.checkIP(address) !== undefined)
  );
}

async function writePair(paths: { cert: string; key: string }, made: CertificateAndKey): Promise<void> {
  await replaceFile(paths.key, made.privateKeyPem, 0o600);
  await replaceFile(paths.cert, made.certificatePem, 0o644);
}

async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const draft = `${path}.${process.pid}.new`;
  await writeFile(draft, text, { mode });
  await rename(draft, path);
}
