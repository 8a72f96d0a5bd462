import { randomBytes, webcrypto } from 'node:crypto';
import { isIdentityName, parseSpiffeId } from './spiffe-id';
import * as x509 from './x509';

/** A certificate and its private key, both PEM (PKCS#8 for the key). */
export interface CertificateAndKey {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** What a leaf certificate shall say. */
export interface LeafRequest {
  readonly spiffeId: string;
  /** Must be the last part of the SPIFFE id. */
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** Validity from now, in days. */
  readonly days: number;
}

const { subtle } = webcrypto;
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
const SERIAL_BYTES = 16;
const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
/** Certificates begin a little in the past, for machines whose clock is behind. */
const CLOCK_SKEW_MS = 300_000;

/**
 * Makes a development CA: ECDSA P-256, ten years, allowed to sign leaves only. For laptops and tests; in production
 * cert-manager issues the same shapes.
 */
export async function createAuthority(): Promise<CertificateAndKey> {
  const keys = await generateKeys();
  const name = `CN=Clearway Development CA ${randomBytes(4).toString('hex')}, O=Clearway`;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    signingAlgorithm: SIGNING,
    serialNumber: serialNumber(),
    ...validity(CA_DAYS),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return toPem(certificate, keys.privateKey);
}

/**
 * Issues a certificate for one identity, good as a server's and as a client's: in this system each service is both.
 * @throws RangeError when the request would make a certificate that `identityOf` refuses
 */
export async function issueCertificate(
  ca: CertificateAndKey,
  request: LeafRequest,
): Promise<CertificateAndKey> {
  refuseUnusable(request);
  const issuer = new x509.X509Certificate(ca.certificatePem);
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${request.commonName}, O=Clearway`,
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await importPrivateKey(ca.privateKeyPem),
    signingAlgorithm: SIGNING,
    serialNumber: serialNumber(),
    ...validity(request.days),
    extensions: await leafExtensions(issuer, keys.publicKey, request),
  });
  return toPem(certificate, keys.privateKey);
}

function refuseUnusable({ spiffeId, commonName, days }: LeafRequest): void {
  const parsed = parseSpiffeId(spiffeId);
  if (typeof parsed === 'string') throw new RangeError(`"${spiffeId}" is refused: ${parsed}`);
  if (!isIdentityName(commonName) || commonName !== parsed.name) {
    throw new RangeError(`The common name "${commonName}" is not the last part of ${spiffeId}`);
  }
  if (!(days > 0)) throw new RangeError(`A certificate cannot be valid for ${days} days`);
}

async function leafExtensions(
  issuer: x509.X509Certificate,
  publicKey: webcrypto.CryptoKey,
  { spiffeId, dnsNames, ipAddresses }: LeafRequest,
): Promise<x509.Extension[]> {
  const names: x509.JsonGeneralNames = [
    { type: 'url', value: spiffeId },
    ...dnsNames.map((value) => ({ type: 'dns' as const, value })),
    ...ipAddresses.map((value) => ({ type: 'ip' as const, value })),
  ];
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
    new x509.SubjectAlternativeNameExtension(names),
    await x509.SubjectKeyIdentifierExtension.create(publicKey),
    await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
  ];
}

function validity(days: number): { notBefore: Date; notAfter: Date } {
  const nowMs = Date.now();
  return { notBefore: new Date(nowMs - CLOCK_SKEW_MS), notAfter: new Date(nowMs + days * DAY_MS) };
}

/** Random and positive: the first bit is cleared so that DER needs no sign byte. */
function serialNumber(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01;
  return bytes.toString('hex');
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return subtle.generateKey(CURVE, true, ['sign', 'verify']);
}

async function importPrivateKey(pem: string): Promise<webcrypto.CryptoKey> {
  const [der] = x509.PemConverter.decode(pem);
  if (der === undefined) throw new RangeError('The private key of the CA is not PEM');
  return subtle.importKey('pkcs8', der, CURVE, false, ['sign']);
}

async function toPem(
  certificate: x509.X509Certificate,
  key: webcrypto.CryptoKey,
): Promise<CertificateAndKey> {
  const pkcs8 = await subtle.exportKey('pkcs8', key);
  return {
    certificatePem: `${certificate.toString('pem')}\n`,
    privateKeyPem: `${x509.PemConverter.encode(pkcs8, x509.PemConverter.PrivateKeyTag)}\n`,
  };
}
