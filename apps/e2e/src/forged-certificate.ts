import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

/** A certificate and its key, both PEM. */
export interface Forged {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** Signs whatever it is told to with the CA's key, as a careless CA would: the subject need not fit the SPIFFE id. */
export async function forge(
  ca: { readonly certificatePem: string; readonly privateKeyPem: string },
  names: { readonly commonName: string; readonly spiffeId: string },
): Promise<Forged> {
  const { subtle } = webcrypto;
  const [der] = x509.PemConverter.decode(ca.privateKeyPem);
  if (der === undefined) throw new Error('the key of the CA is not PEM');
  const keys = await subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${names.commonName}, O=Clearway`,
    issuer: new x509.X509Certificate(ca.certificatePem).subjectName,
    publicKey: keys.publicKey,
    signingKey: await subtle.importKey('pkcs8', der, CURVE, false, ['sign']),
    signingAlgorithm: SIGNING,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    extensions: [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension([{ type: 'url', value: names.spiffeId }]),
    ],
  });
  const pkcs8 = await subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificatePem: certificate.toString('pem'),
    privateKeyPem: x509.PemConverter.encode(pkcs8, x509.PemConverter.PrivateKeyTag),
  };
}
