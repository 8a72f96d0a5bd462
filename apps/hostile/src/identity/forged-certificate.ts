import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import type { CertificateAndKey } from '@clearway/platform-pki';
import * as x509 from '@peculiar/x509';

/** What a careless or bribed authority might put its name to. */
export interface Forgery {
  readonly commonName: string;
  readonly uris: readonly string[];
  /** Days from now; negative ones are past. */
  readonly validDays?: readonly [from: number, to: number];
  /** Default: client and server. */
  readonly usage?: readonly x509.ExtendedKeyUsage[];
}

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const { subtle } = webcrypto;

/** Signs anything at all with the key of an authority, or of a leaf that plays one. */
export async function forgeCertificate(
  issuer: CertificateAndKey,
  { commonName, uris, validDays = [-1, 1], usage = BOTH }: Forgery,
): Promise<CertificateAndKey> {
  const parent = new x509.X509Certificate(issuer.certificatePem);
  const keys = await subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const names = uris.map((value) => ({ type: 'url' as const, value }));
  const [from, to] = validDays.map((days) => new Date(Date.now() + days * DAY_MS));
  if (from === undefined || to === undefined) throw new Error('a certificate needs a beginning and an end');
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${commonName}, O=Clearway`,
    issuer: parent.subjectName,
    publicKey: keys.publicKey,
    signingKey: await keyOf(issuer),
    signingAlgorithm: SIGNING,
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8)))
      .toString('hex')
      .replace(/^./, '1'),
    notBefore: from,
    notAfter: to,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([...usage]),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }, ...names]),
    ],
  });
  const pkcs8 = await subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificatePem: `${certificate.toString('pem')}\n`,
    privateKeyPem: `${x509.PemConverter.encode(pkcs8, x509.PemConverter.PrivateKeyTag)}\n`,
  };
}

const BOTH = [x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth];

/** A certificate that may only stand at a server's end. */
export const SERVER_ONLY = [x509.ExtendedKeyUsage.serverAuth];

async function keyOf({ privateKeyPem }: CertificateAndKey): Promise<webcrypto.CryptoKey> {
  const [der] = x509.PemConverter.decode(privateKeyPem);
  if (der === undefined) throw new RangeError('the private key is not PEM');
  return subtle.importKey('pkcs8', der, CURVE, false, ['sign']);
}
