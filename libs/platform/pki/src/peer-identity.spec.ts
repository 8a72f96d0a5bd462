import { X509Certificate as NodeCertificate, webcrypto } from 'node:crypto';
import { type CertificateAndKey, createAuthority, issueCertificate } from './certificate-authority';
import { identityOf } from './peer-identity';
import * as x509 from './x509';

type Name = { type: 'url' | 'dns' | 'email'; value: string };

const RISK = 'spiffe://clearway/svc/risk';
const url = (value: string): Name => ({ type: 'url', value });

/** Signs anything at all, as a careless or bribed CA would. */
async function forge(subject: string, ...extensions: x509.Extension[]): Promise<{ raw: Uint8Array }> {
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: subject,
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions,
  });
  return { raw: new Uint8Array(certificate.rawData) };
}

const names = (...items: Name[]): x509.Extension => new x509.SubjectAlternativeNameExtension(items);

describe('an honest certificate', () => {
  let ca: CertificateAndKey;
  beforeAll(async () => {
    ca = await createAuthority();
  });

  test.each([
    [RISK, { kind: 'service', name: 'risk' }],
    ['spiffe://clearway/operator/ann', { kind: 'operator', name: 'ann' }],
    ['spiffe://clearway/participant/maker-1', { kind: 'participant', name: 'maker-1' }],
  ])('%s is who it says', async (spiffeId, expected) => {
    const request = {
      spiffeId,
      commonName: expected.name,
      dnsNames: ['localhost'],
      ipAddresses: ['::1'],
      days: 1,
    };
    const { certificatePem } = await issueCertificate(ca, request);
    expect(identityOf(new NodeCertificate(certificatePem))).toEqual({
      ok: true,
      identity: { spiffeId, commonName: expected.name, ...expected },
    });
  });

  test('the CA itself is nobody', () => {
    expect(identityOf(new NodeCertificate(ca.certificatePem))).toEqual({ ok: false, reason: 'NO_URI_SAN' });
  });
});

describe('no certificate, or bytes that are none', () => {
  test.each([null, undefined, {}, { raw: new Uint8Array(0) }])('%j', (peer) => {
    expect(identityOf(peer)).toEqual({ ok: false, reason: 'NO_CERTIFICATE' });
  });

  test('garbage', () => {
    expect(identityOf({ raw: Buffer.from('3003020101', 'hex') })).toEqual({
      ok: false,
      reason: 'UNREADABLE_CERTIFICATE',
    });
  });
});

describe('a hostile certificate', () => {
  test.each<[string, string, Name[], string]>([
    ['no URI', 'CN=risk', [{ type: 'dns', value: 'risk' }], 'NO_URI_SAN'],
    [
      'a DNS name that looks like a second entry',
      'CN=risk',
      [{ type: 'dns', value: `x, URI:${RISK}` }],
      'NO_URI_SAN',
    ],
    [
      'an e-mail that looks like one',
      'CN=risk',
      [{ type: 'email', value: `a@b, URI:${RISK}` }],
      'NO_URI_SAN',
    ],
    [
      'a URI with another behind a comma',
      'CN=risk',
      [url(`spiffe://clearway/svc/x, URI:${RISK}`)],
      'MALFORMED_SPIFFE_ID',
    ],
    ['two URIs', 'CN=risk', [url(RISK), url('spiffe://clearway/svc/clearing')], 'SEVERAL_URI_SANS'],
    ['the same URI twice', 'CN=risk', [url(RISK), url(RISK)], 'SEVERAL_URI_SANS'],
    ['another trust domain', 'CN=risk', [url('spiffe://clearway.evil/svc/risk')], 'FOREIGN_TRUST_DOMAIN'],
    ['an upper-case trust domain', 'CN=risk', [url('spiffe://CLEARWAY/svc/risk')], 'FOREIGN_TRUST_DOMAIN'],
    [
      'another user in the authority',
      'CN=risk',
      [url('spiffe://clearway@evil/svc/risk')],
      'FOREIGN_TRUST_DOMAIN',
    ],
    ['a port', 'CN=risk', [url('spiffe://clearway:443/svc/risk')], 'FOREIGN_TRUST_DOMAIN'],
    ['another scheme', 'CN=risk', [url('https://clearway/svc/risk')], 'MALFORMED_SPIFFE_ID'],
    ['another kind', 'CN=risk', [url('spiffe://clearway/root/risk')], 'UNKNOWN_KIND'],
    ['a kind that objects inherit', 'CN=risk', [url('spiffe://clearway/constructor/risk')], 'UNKNOWN_KIND'],
    ['a deeper path', 'CN=risk', [url('spiffe://clearway/svc/x/risk')], 'MALFORMED_SPIFFE_ID'],
    ['a dot segment', 'CN=risk', [url('spiffe://clearway/svc/../risk')], 'MALFORMED_SPIFFE_ID'],
    ['a slash at the end', 'CN=risk', [url(`${RISK}/`)], 'MALFORMED_SPIFFE_ID'],
    ['a query', 'CN=risk', [url(`${RISK}?x`)], 'MALFORMED_SPIFFE_ID'],
    ['a fragment', 'CN=risk', [url(`${RISK}#x`)], 'MALFORMED_SPIFFE_ID'],
    ['percent-encoding', 'CN=risk', [url('spiffe://clearway/svc/ris%6b')], 'MALFORMED_SPIFFE_ID'],
    ['upper case', 'CN=Risk', [url('spiffe://clearway/svc/Risk')], 'MALFORMED_SPIFFE_ID'],
    ['a NUL byte', 'CN=risk', [url(`${RISK}\0.evil`)], 'MALFORMED_SPIFFE_ID'],
    ['a line end', 'CN=risk', [url(`${RISK}\n`)], 'MALFORMED_SPIFFE_ID'],
    ['an empty name', 'CN=risk', [url('spiffe://clearway/svc/')], 'MALFORMED_SPIFFE_ID'],
    ['no common name', 'O=Clearway', [url(RISK)], 'NO_COMMON_NAME'],
    ['another common name', 'CN=clearing', [url(RISK)], 'COMMON_NAME_MISMATCH'],
    ['a common name with a blank', 'CN=risk\\ ', [url(RISK)], 'COMMON_NAME_MISMATCH'],
    ['two common names', 'CN=risk, CN=clearing', [url(RISK)], 'SEVERAL_COMMON_NAMES'],
    ['two common names in one set', 'CN=risk+CN=clearing', [url(RISK)], 'SEVERAL_COMMON_NAMES'],
  ])('%s', async (_title, subject, items, reason) => {
    expect(identityOf(await forge(subject, names(...items)))).toEqual({ ok: false, reason });
  });

  test('a second extension cannot hide behind the first', async () => {
    const forged = await forge('CN=risk', names(url(RISK)), names(url('spiffe://clearway/svc/clearing')));
    expect(identityOf(forged)).toMatchObject({ ok: false });
  });
});
