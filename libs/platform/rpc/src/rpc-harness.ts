import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { audit, descriptorSetBase64, trading } from '@clearway/contracts';
import {
  type CertificateAndKey,
  createAuthority,
  issueCertificate,
  parseSpiffeId,
} from '@clearway/platform-pki';
import type { RefusalCode } from './access-log';
import type { AllowPattern } from './allow-table';
import type { PeerIdentity } from './peer-identity';
import { createRpcClient, type RpcClient } from './rpc-client';
import type { RpcLog } from './rpc-log';
import { createRpcServer, type RpcServer, type RpcServerOptions } from './rpc-server';
import { type RpcService, rpcService } from './rpc-service';
import type { ServiceHandlers } from './service-handlers';
import type { TlsFiles } from './tls-files';

/** Certificates, servers and clients for the specs of this package; not part of what it ships. */
export class RpcHarness {
  readonly refusals: { subject: string | undefined; method: string; code: RefusalCode }[] = [];
  readonly sessions: string[] = [];
  readonly logged: { message: string; fields: Record<string, unknown> }[] = [];
  private readonly closers: (() => void)[] = [];

  private constructor(
    readonly dir: string,
    readonly ca: CertificateAndKey,
  ) {}

  static async create(): Promise<RpcHarness> {
    const dir = await mkdtemp(path.join(tmpdir(), 'clearway-rpc-'));
    return new RpcHarness(dir, await createAuthority());
  }

  readonly log: RpcLog = {
    info: (fields, message) => this.note(fields, message),
    warn: (fields, message) => this.note(fields, message),
    error: (fields, message) => this.note(fields, message),
  };

  readonly access = {
    sessionOpened: (identity: PeerIdentity): void => void this.sessions.push(identity.spiffeId),
    refused: (identity: PeerIdentity | undefined, method: string, code: RefusalCode): void =>
      void this.refusals.push({ subject: identity?.spiffeId, method, code }),
  };

  /** Writes a certificate for the identity, for example `svc/audit`, and returns where it lies. */
  async identity(
    subject: string,
    { ca = this.ca, days = 1, file = subject.replace('/', '-') } = {},
  ): Promise<TlsFiles> {
    const spiffeId = `spiffe://clearway/${subject}`;
    const name = parseSpiffeId(spiffeId);
    if (typeof name === 'string') throw new Error(name);
    const leaf = await issueCertificate(ca, {
      spiffeId,
      commonName: name.name,
      dnsNames: ['localhost'],
      ipAddresses: ['127.0.0.1'],
      days,
    });
    return this.write(file, ca, leaf);
  }

  /** Writes the PEM files; an old set under the same name is replaced. */
  async write(file: string, ca: CertificateAndKey, leaf: CertificateAndKey): Promise<TlsFiles> {
    const at = (suffix: string): string => path.join(this.dir, `${file}.${suffix}`);
    const files = { caPath: at('ca.crt'), certPath: at('crt'), keyPath: at('key') };
    await writeFile(files.caPath, ca.certificatePem);
    await writeFile(files.certPath, leaf.certificatePem);
    await writeFile(files.keyPath, leaf.privateKeyPem);
    return files;
  }

  /** Starts a server as `svc/audit`. */
  async serve(
    services: readonly RpcService[],
    options: Partial<RpcServerOptions> = {},
  ): Promise<{ server: RpcServer; address: string }> {
    const server = createRpcServer({
      address: '127.0.0.1:0',
      tls: await this.identity('svc/audit'),
      services,
      log: this.log,
      access: this.access,
      ...options,
    });
    this.closers.push(() => server.close());
    return { server, address: `127.0.0.1:${await server.start()}` };
  }

  /** A client of the audit service under the identity. */
  async auditClient(
    address: string,
    subject: string,
    tls?: TlsFiles,
  ): Promise<RpcClient<typeof audit.AuditServiceService>> {
    const client = createRpcClient(audit.AuditServiceClient, {
      address,
      tls: tls ?? (await this.identity(subject)),
      expect: 'svc/audit',
      log: this.log,
      tlsPollIntervalMs: 50,
    });
    this.closers.push(() => client.close());
    return client;
  }

  /** A client of the trading service under the identity. */
  async tradingClient(
    address: string,
    subject: string,
  ): Promise<RpcClient<typeof trading.TradingServiceService>> {
    const tls = await this.identity(subject);
    const client = createRpcClient(trading.TradingServiceClient, {
      address,
      tls,
      expect: 'svc/audit',
      log: this.log,
    });
    this.closers.push(() => client.close());
    return client;
  }

  async close(): Promise<void> {
    for (const close of this.closers.reverse()) close();
    await rm(this.dir, { recursive: true, force: true });
  }

  private note(fields: object, message: string): void {
    this.logged.push({ message, fields: { ...fields } });
  }
}

type AuditHandlers = ServiceHandlers<typeof audit.AuditServiceService>;

/** The audit service, three methods of which answer at once; the others work only when given, and nobody may call them. */
export function auditService(handlers: Partial<AuditHandlers> = {}): RpcService {
  const answering: Partial<AuditHandlers> = {
    getCheckpoint: async () => ({ checkpoint: 'c', verifierKey: 'k' }),
    listCoverage: async () => ({ shards: [{ shard: 'trading/0', nextEvent: 7 }], treeSize: 7 }),
    listEntries: async () => ({ entries: [], nextPageToken: '', position: undefined }),
  };
  const names = Object.keys(audit.AuditServiceService);
  return rpcService({
    definition: audit.AuditServiceService,
    handlers: { ...unusedHandlers<AuditHandlers>(names), ...answering, ...handlers },
    allow: {
      ...allowAll(names, []),
      GetCheckpoint: ['operator/*', 'participant/*'],
      ListCoverage: ['svc/trading'],
    } as never,
  });
}

/** An empty search, to be spread over. */
export const ANY_ENTRY: audit.ListEntriesRequest = audit.ListEntriesRequest.decode(Buffer.alloc(0));

type TradingHandlers = ServiceHandlers<typeof trading.TradingServiceService>;

/** The trading service of which only what is given works, open to all. */
export function tradingService(handlers: Partial<TradingHandlers>): RpcService {
  const names = Object.keys(trading.TradingServiceService);
  return rpcService({
    definition: trading.TradingServiceService,
    handlers: { ...unusedHandlers<TradingHandlers>(names), ...handlers },
    allow: allowAll(names, ['*']) as never,
  });
}

/** Contracts grow; a test names the methods that it is about, and the rest are made up from the definition. */
function unusedHandlers<Handlers>(names: readonly string[]): Handlers {
  const missing = (): Promise<never> => Promise.reject(new Error('not part of this test'));
  return Object.fromEntries(names.map((name) => [name, missing])) as Handlers;
}

function allowAll(names: readonly string[], patterns: readonly AllowPattern[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name.charAt(0).toUpperCase() + name.slice(1), patterns]));
}

/** The error that a promise rejects with. */
export async function failure<Thrown>(promise: Promise<unknown>): Promise<Thrown> {
  try {
    await promise;
  } catch (thrown) {
    return thrown as Thrown;
  }
  throw new Error('expected a failure');
}

/** Waits until the condition holds. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 5_000): Promise<void> {
  const endMs = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error('waited in vain');
    await pause(10);
  }
}

/** Resolves after a while. */
export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

/** The descriptor set of the contracts. */
export function descriptorSet(): Uint8Array {
  return Buffer.from(descriptorSetBase64, 'base64');
}
