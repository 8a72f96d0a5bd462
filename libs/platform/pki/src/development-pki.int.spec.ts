import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { type DevelopmentIdentity, ensureDevelopmentPki, type TlsPaths } from './development-pki';
import { identityOf } from './peer-identity';

const RISK = 'spiffe://clearway/svc/risk';
const ANN = 'spiffe://clearway/operator/ann';
const identities: DevelopmentIdentity[] = [
  { kind: 'service', name: 'risk' },
  { kind: 'operator', name: 'ann' },
];

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'clearway-pki-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const contents = (): Record<string, string> =>
  Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')]));

function pathsOf(found: ReadonlyMap<string, TlsPaths>, spiffeId: string): TlsPaths {
  const paths = found.get(spiffeId);
  if (paths === undefined) throw new Error(`no paths for ${spiffeId}`);
  return paths;
}

function credentials(paths: TlsPaths): { ca: Buffer; cert: Buffer; key: Buffer; minVersion: 'TLSv1.3' } {
  const [ca, cert, key] = [paths.ca, paths.cert, paths.key].map((path) => readFileSync(path)) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  return { ca, cert, key, minVersion: 'TLSv1.3' };
}

test('the files appear once, keys closed to others, and a second call changes nothing', async () => {
  const found = await ensureDevelopmentPki(dir, identities);
  const first = contents();
  expect(Object.keys(first).sort()).toEqual([
    'ca.crt',
    'ca.key',
    'operator-ann.crt',
    'operator-ann.key',
    'service-risk.crt',
    'service-risk.key',
  ]);
  for (const name of Object.keys(first).filter((file) => file.endsWith('.key'))) {
    expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
  }
  expect(await ensureDevelopmentPki(dir, identities)).toEqual(found);
  expect(contents()).toEqual(first);
});

test('two peers meet over mutual TLS 1.3 and know each other', async () => {
  const found = await ensureDevelopmentPki(dir, identities);
  const options = { ...credentials(pathsOf(found, RISK)), requestCert: true, rejectUnauthorized: true };
  const server = createServer(options).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
  const client = connect({ ...credentials(pathsOf(found, ANN)), port, host: '127.0.0.1' });
  await once(client, 'secureConnect');
  const [socket] = await accepted;
  expect(client.getProtocol()).toBe('TLSv1.3');
  expect(identityOf(client.getPeerCertificate())).toMatchObject({ ok: true, identity: { spiffeId: RISK } });
  expect(identityOf(socket.getPeerCertificate())).toMatchObject({
    ok: true,
    identity: { kind: 'operator', name: 'ann' },
  });
  expect(identityOf(socket.getPeerX509Certificate())).toMatchObject({ ok: true });
  client.destroy();
  socket.destroy();
  server.close();
});

describe('a certificate is renewed', () => {
  const serialOf = (name: string): string => new X509Certificate(readFileSync(join(dir, name))).serialNumber;

  test('when it is near its end, and no other with it', async () => {
    await ensureDevelopmentPki(dir, [{ kind: 'service', name: 'risk' }], { leafDays: 29 });
    const before = [serialOf('service-risk.crt'), serialOf('ca.crt')];
    await ensureDevelopmentPki(dir, identities);
    expect(serialOf('service-risk.crt')).not.toBe(before[0]);
    expect(serialOf('ca.crt')).toBe(before[1]);
  });

  test('when the CA is another, or is lost', async () => {
    await ensureDevelopmentPki(dir, identities);
    rmSync(join(dir, 'ca.key'));
    await ensureDevelopmentPki(dir, identities);
    const issuer = new X509Certificate(readFileSync(join(dir, 'ca.crt')));
    for (const name of ['service-risk.crt', 'operator-ann.crt']) {
      expect(new X509Certificate(readFileSync(join(dir, name))).verify(issuer.publicKey)).toBe(true);
    }
  });

  test('when a name is added, when it is damaged, and when its key is another', async () => {
    await ensureDevelopmentPki(dir, identities);
    const named: DevelopmentIdentity[] = [
      { kind: 'service', name: 'risk', dnsNames: ['localhost', 'risk.clearway.svc'] },
    ];
    await ensureDevelopmentPki(dir, named);
    const certificate = new X509Certificate(readFileSync(join(dir, 'service-risk.crt')));
    expect(certificate.checkHost('risk.clearway.svc')).toBe('risk.clearway.svc');
    writeFileSync(join(dir, 'service-risk.crt'), 'half a cert');
    writeFileSync(join(dir, 'operator-ann.key'), readFileSync(join(dir, 'ca.key')));
    const found = await ensureDevelopmentPki(dir, identities);
    for (const [, { cert, key }] of found) expect(() => credentials({ ca: cert, cert, key })).not.toThrow();
    expect(serialOf('service-risk.crt')).toMatch(/^[0-9A-F]{32}$/);
  });
});

test.each(['', 'Risk', 'a/b', '../x', 'a--b', '-a', 'a.b', 'x'.repeat(64)])(
  'refuses the name %j',
  async (name) => {
    await expect(ensureDevelopmentPki(dir, [{ kind: 'service', name }])).rejects.toThrow(RangeError);
    expect(readdirSync(dir)).toEqual([]);
  },
);
