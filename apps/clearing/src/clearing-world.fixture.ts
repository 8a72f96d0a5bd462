import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearing, common, saga } from '@clearway/contracts';
import { parseConfig } from '@clearway/platform-config';
import { createDatabases, type EmbeddedPostgres, startEmbeddedPostgres } from '@clearway/platform-postgres';
import { RpcChannel, RpcClient, type TlsFiles, tlsFilesOf, type WireService } from '@clearway/platform-rpc';
import { type RunningService, startService } from '@clearway/platform-service';
import { clearingSettings } from './config';
import { FakeRisk } from './fake-risk.fixture';
import { wireClearing } from './wiring';

const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
/** Somebody who needs a certificate. */
interface Identity {
  readonly kind: 'service' | 'operator' | 'participant';
  readonly name: string;
}

/** Makes certificates in a folder and gives their files by SPIFFE id; `ensureDevelopmentPki` does. */
export type IssueCertificates = (
  dir: string,
  identities: readonly Identity[],
) => Promise<ReadonlyMap<string, Parameters<typeof tlsFilesOf>[0]>>;

const PEOPLE: readonly [Identity['kind'], string][] = [
  ['service', 'clearing'],
  ['service', 'risk'],
  ['service', 'trading'],
  ['operator', 'olga'],
  ['participant', 'alice'],
];

/** Clearing as it runs, on a real Postgres and over mutual TLS, beside a fake risk; it can be restarted. */
export class ClearingWorld {
  private readonly channels: RpcChannel[] = [];
  private service: RunningService | undefined;

  private constructor(
    private readonly place: string,
    private readonly postgres: EmbeddedPostgres,
    private readonly env: Readonly<Record<string, string>>,
    private readonly identities: ReadonlyMap<string, TlsFiles>,
    readonly risk: FakeRisk,
  ) {}

  static async create(issueCertificates: IssueCertificates): Promise<ClearingWorld> {
    const place = mkdtempSync(join(tmpdir(), 'clearway-clearing-'));
    chmodSync(place, 0o755);
    const dataDir = join(place, 'postgres');
    const postgres = await startEmbeddedPostgres({
      dataDir,
      log: SILENT,
    });
    const [urls] = await createDatabases(postgres.url, [
      { service: 'clearing', ownerPassword: 'owner', appPassword: 'app' },
    ]);
    if (!urls) throw new Error('no database was created');
    const wanted = PEOPLE.map(([kind, name]) => ({ kind, name }));
    const pki = await issueCertificates(join(place, 'pki'), wanted);
    const identities = new Map([...pki].map(([spiffeId, paths]) => [spiffeId, tlsFilesOf(paths)]));
    const risk = new FakeRisk(tlsOf(identities, 'svc/risk'));
    const tls = tlsOf(identities, 'svc/clearing');
    const env = {
      CLEARWAY_LISTEN: '127.0.0.1:0',
      CLEARWAY_POSTGRES_URL: urls.appUrl,
      CLEARWAY_POSTGRES_OWNER_URL: urls.ownerUrl,
      CLEARWAY_TLS_CA: tls.caPath,
      CLEARWAY_TLS_CERT: tls.certPath,
      CLEARWAY_TLS_KEY: tls.keyPath,
      CLEARWAY_INSTANCE: 'clearing-test',
      CLEARWAY_ASSETS: 'USD:2,AMZN:0',
      CLEARWAY_LOG_LEVEL: 'silent',
      CLEARWAY_RISK_ADDRESS: `127.0.0.1:${await risk.start()}`,
    };
    return new ClearingWorld(place, postgres, env, identities, risk);
  }

  /** Starts clearing as wiring.ts makes it, and waits until it serves. */
  async start(): Promise<void> {
    this.service = await startService(wireClearing(parseConfig(clearingSettings, this.env)));
    await this.service.whenReady();
  }

  async stop(): Promise<void> {
    for (const channel of this.channels.splice(0)) channel.close();
    await this.service?.stop();
    this.service = undefined;
  }

  async destroy(): Promise<void> {
    await this.stop();
    this.risk.stop();
    await this.postgres.stop();
    rmSync(this.place, { recursive: true, force: true });
  }

  /** Clients of every service that clearing serves, as somebody sees them. */
  as(subject: string) {
    const address = `127.0.0.1:${this.service?.port}`;
    const tls = tlsOf(this.identities, subject);
    const channel = new RpcChannel({ address, tls, expect: 'svc/clearing', log: SILENT });
    this.channels.push(channel);
    const client = <Service extends WireService>(definition: Service) => new RpcClient(channel, definition);
    return {
      clearing: client(clearing.ClearingServiceService),
      admin: client(clearing.ClearingAdminServiceService),
      steps: client(clearing.ClearingStepServiceService),
      sagas: client(saga.SagaServiceService),
      invariants: client(common.InvariantServiceService),
    };
  }
}

function tlsOf(identities: ReadonlyMap<string, TlsFiles>, subject: string): TlsFiles {
  const tls = identities.get(`spiffe://clearway/${subject}`);
  if (!tls) throw new Error(`nobody is called ${subject}`);
  return tls;
}
