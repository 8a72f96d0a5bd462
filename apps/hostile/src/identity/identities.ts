import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CertificateAndKey, createAuthority, issueCertificate } from '@clearway/platform-pki';
import { tlsFilesOf } from '@clearway/platform-rpc';
import { type Cluster, SERVICES } from '@clearway/testing';
import type { Bearer } from '../surface/raw-call';
import { forgeCertificate, SERVER_ONLY } from './forged-certificate';

/** How far an identity gets: not through TLS, to the gate and no further, or to the allow tables as a subject. */
export type Standing =
  | 'TLS_REFUSED'
  | 'NO_IDENTITY'
  | `svc/${string}`
  | `operator/${string}`
  | `participant/${string}`;

/** Somebody who calls, and how far that should get. */
export interface Caller {
  readonly name: string;
  readonly bearer: Bearer;
  readonly standing: Standing;
}

const ADMIN = 'spiffe://clearway/operator/admin';

/** Every kind of identity: honest ones, and those that claim to be an operator but must get nowhere. */
export async function makeCallers(cluster: Cluster): Promise<Caller[]> {
  const pki = new Pki(cluster);
  const ca = await pki.authority();
  const stranger = await createAuthority();
  const operator = { commonName: 'admin', uris: [ADMIN] };
  const revoked = 'spiffe://clearway/operator/revoked';
  const leaf = await pki.leafOf('participant-bob');
  const forged: readonly (readonly [string, Standing, CertificateAndKey])[] = [
    ['of another authority', 'TLS_REFUSED', await forgeCertificate(stranger, operator)],
    ['expired', 'TLS_REFUSED', await forgeCertificate(ca, { ...operator, validDays: [-9, -1] })],
    ['not yet valid', 'TLS_REFUSED', await forgeCertificate(ca, { ...operator, validDays: [1, 9] })],
    ['for servers only', 'TLS_REFUSED', await forgeCertificate(ca, { ...operator, usage: SERVER_ONLY })],
    ['signed by a participant', 'TLS_REFUSED', chained(await forgeCertificate(leaf, operator), leaf)],
    ['revoked', 'NO_IDENTITY', await issueCertificate(ca, leafFor(revoked))],
    [
      'of another common name',
      'NO_IDENTITY',
      await forgeCertificate(ca, { ...operator, commonName: 'mallory' }),
    ],
    ['without a SPIFFE id', 'NO_IDENTITY', await forgeCertificate(ca, { ...operator, uris: [] })],
    [
      'of two SPIFFE ids',
      'NO_IDENTITY',
      await forgeCertificate(ca, { ...operator, uris: [ADMIN, `${ADMIN}x`] }),
    ],
    [
      'of another trust domain',
      'NO_IDENTITY',
      await forgeCertificate(ca, { ...operator, uris: ['spiffe://evil/operator/admin'] }),
    ],
    [
      'of an unknown kind',
      'NO_IDENTITY',
      await forgeCertificate(ca, { ...operator, uris: ['spiffe://clearway/root/admin'] }),
    ],
    [
      'of a longer path',
      'NO_IDENTITY',
      await forgeCertificate(ca, { ...operator, uris: [`${ADMIN}/admin`] }),
    ],
    ['in capitals', 'NO_IDENTITY', await forgeCertificate(ca, { ...operator, uris: [ADMIN.toUpperCase()] })],
    [
      'of an unknown service',
      'svc/gateway',
      await issueCertificate(ca, leafFor('spiffe://clearway/svc/gateway')),
    ],
  ];
  await writeFile(cluster.revokedPath, `${revoked}\n`);
  const caPath = pki.caPath;
  return [
    { name: 'none', bearer: { caPath }, standing: 'TLS_REFUSED' },
    ...(await Promise.all(
      forged.map(async ([name, standing, made]) => ({ name, standing, bearer: await pki.write(name, made) })),
    )),
    ...SERVICES.map((name) => pki.honest('service', name, `svc/${name}`)),
    pki.honest('operator', 'admin', 'operator/admin'),
    pki.honest('participant', 'alice', 'participant/alice'),
    pki.honest('participant', 'bob', 'participant/bob'),
  ];
}

function leafFor(spiffeId: string): Parameters<typeof issueCertificate>[1] {
  const commonName = spiffeId.slice(spiffeId.lastIndexOf('/') + 1);
  return { spiffeId, commonName, dnsNames: [], ipAddresses: [], days: 1 };
}

function chained(made: CertificateAndKey, issuer: CertificateAndKey): CertificateAndKey {
  return { ...made, certificatePem: made.certificatePem + issuer.certificatePem };
}

/** The certificates of a cluster, its authority's key among them. */
class Pki {
  private readonly dir: string;

  constructor(private readonly cluster: Cluster) {
    this.dir = join(cluster.stateDir, 'pki');
  }

  get caPath(): string {
    return join(this.dir, 'ca.crt');
  }

  authority(): Promise<CertificateAndKey> {
    return this.leafOf('ca');
  }

  async leafOf(file: string): Promise<CertificateAndKey> {
    const [certificatePem, privateKeyPem] = await Promise.all(
      ['crt', 'key'].map((end) => readFile(join(this.dir, `${file}.${end}`), 'utf8')),
    );
    return { certificatePem: certificatePem ?? '', privateKeyPem: privateKeyPem ?? '' };
  }

  async write(name: string, made: CertificateAndKey): Promise<Bearer> {
    const file = join(this.dir, `hostile-${name.replaceAll(' ', '-')}`);
    await writeFile(`${file}.crt`, made.certificatePem);
    await writeFile(`${file}.key`, made.privateKeyPem);
    return { caPath: this.caPath, certPath: `${file}.crt`, keyPath: `${file}.key` };
  }

  honest(kind: 'service' | 'operator' | 'participant', name: string, standing: Standing): Caller {
    return { name: standing, standing, bearer: tlsFilesOf(this.cluster.tlsOf({ kind, name })) };
  }
}
