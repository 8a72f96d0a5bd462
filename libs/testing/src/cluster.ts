import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  type DevelopmentIdentity,
  ensureDevelopmentPki,
  spiffeIdOf,
  type TlsPaths,
} from '@clearway/platform-pki';
import { createDatabases, type EmbeddedPostgres, startEmbeddedPostgres } from '@clearway/platform-postgres';
import { tlsFilesOf } from '@clearway/platform-rpc';
import { Child, type ChildExit } from './child';
import { LINKS, type LinkName, planCluster, revokedPathIn } from './cluster-plan';
import { freePorts } from './free-ports';
import { Peer, SERVICES, type ServiceName } from './peer';
import { isServing } from './serving';
import { TcpProxy } from './tcp-proxy';
import { until } from './until';

/** What a cluster is made of. */
export interface ClusterOptions {
  /** Participants that get a certificate. */
  readonly participants: readonly string[];
  /** Ways between services that a test wants to cut or hold; the others are direct. */
  readonly proxied?: readonly LinkName[];
  readonly logLevel?: string;
  /** File that every line of every service is appended to. */
  readonly logFile?: string;
  /** Further environment variables of each service. */
  readonly settingsOf?: (service: ServiceName) => Readonly<Record<string, string>>;
}

/** Password of every database role of a cluster: long and strange, so that it is found wherever it leaks to. */
export const CLUSTER_PASSWORD = 'cluster-pass-5e1c7a90d3';
/** The operator that `Cluster.operator` acts as. */
const OPERATOR = 'admin';
/** A second operator, because the release of a kill switch needs two; connect as one with `connect`. */
export const SECOND_OPERATOR = 'officer';
/** From `libs/testing/src` (or `dist`) to the checkout. */
const CHECKOUT_DIR = resolve(__dirname, '..', '..', '..');
const SERVING_TIMEOUT_MS = 30_000;
const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/**
 * The four services as real processes on a Postgres of their own, under the test's hand: each can be killed, stopped, frozen
 * and started again, and each way between two of them cut or held. Nothing restarts by itself.
 */
export class Cluster {
  readonly operator: Peer;
  private readonly peers = new Set<Peer>();

  constructor(
    readonly stateDir: string,
    private readonly postgres: EmbeddedPostgres,
    private readonly services: ReadonlyMap<ServiceName, Child>,
    private readonly proxies: ReadonlyMap<LinkName, TcpProxy>,
    private readonly portOf: (service: ServiceName) => number,
    private readonly certificates: ReadonlyMap<string, TlsPaths>,
  ) {
    this.operator = this.connect({ kind: 'operator', name: OPERATOR });
  }

  /** The superuser's URL. */
  get postgresUrl(): string {
    return this.postgres.url;
  }

  /** File whose lines revoke certificates; services read it again within a second or so. */
  get revokedPath(): string {
    return revokedPathIn(this.stateDir);
  }

  /** HOST:PORT of a service. */
  addressOf(name: ServiceName): string {
    return `127.0.0.1:${this.portOf(name)}`;
  }

  /** Certificate files of an identity that the cluster was started with. */
  tlsOf(identity: DevelopmentIdentity): TlsPaths {
    const paths = this.certificates.get(spiffeIdOf(identity));
    if (paths === undefined) throw new Error(`the cluster has no certificate for ${identity.name}`);
    return paths;
  }

  /** Connects as an identity; closed with the cluster. */
  connect(identity: DevelopmentIdentity): Peer {
    const peer = new Peer((name) => this.addressOf(name), tlsFilesOf(this.tlsOf(identity)));
    this.peers.add(peer);
    return peer;
  }

  /** Connects as a participant. */
  as(participant: string): Peer {
    return this.connect({ kind: 'participant', name: participant });
  }

  process(name: ServiceName): Child {
    const child = this.services.get(name);
    if (child === undefined) throw new Error(`no service ${name}`);
    return child;
  }

  link(name: LinkName): TcpProxy {
    const proxy = this.proxies.get(name);
    if (proxy === undefined)
      throw new Error(`the way ${name} has no proxy: name it in ClusterOptions.proxied`);
    return proxy;
  }

  /** kill -9. */
  async kill(name: ServiceName): Promise<void> {
    await this.process(name).kill();
  }

  /** SIGTERM; waits for the end. */
  async stop(name: ServiceName): Promise<ChildExit> {
    return this.process(name).stop();
  }

  /** Starts a service that does not run, and waits until it serves. */
  async start(name: ServiceName): Promise<void> {
    this.process(name).start();
    await this.serving(name);
  }

  /** Waits until a service says that it serves. */
  async serving(name: ServiceName): Promise<void> {
    const { lines, exited } = this.process(name);
    const ended = exited.then(({ code, signal }): never => {
      throw new Error(`${name} ended with ${code ?? signal} before it served`);
    });
    const probe = (): Promise<boolean> => isServing(this.operator.channels[name]);
    const served = until(`${name} to serve`, probe, { timeoutMs: SERVING_TIMEOUT_MS });
    await Promise.race([served, ended]).catch((error: unknown) => {
      throw new Error(`${String(error)}\nits last lines:\n${lines.slice(-20).join('\n')}`);
    });
    served.catch(() => undefined);
    ended.catch(() => undefined);
  }

  /** Ends everything that the cluster started, and removes its files. */
  async close(): Promise<void> {
    for (const peer of this.peers) peer.close();
    await Promise.all([...this.services.values()].map((child) => child.kill()));
    await Promise.all([...this.proxies.values()].map((proxy) => proxy.close()));
    await this.postgres.stop();
    await rm(this.stateDir, { recursive: true, force: true });
  }
}

/** Starts a cluster and waits until all of it serves. Needs a build: the services run from `apps/NAME/dist`. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const stateDir = await mkdtemp(join(tmpdir(), 'clearway-cluster-'));
  // Postgres may run as another OS user, which must be able to pass through.
  await chmod(stateDir, 0o755);
  await writeFile(revokedPathIn(stateDir), '');
  const certificates = await ensureDevelopmentPki(join(stateDir, 'pki'), identitiesOf(options));
  const postgres = await startEmbeddedPostgres({ dataDir: join(stateDir, 'postgres'), log: QUIET });
  const password = CLUSTER_PASSWORD;
  const wanted = SERVICES.map((service) => ({ service, ownerPassword: password, appPassword: password }));
  const databases = await createDatabases(postgres.url, wanted);
  const ports = await freePorts(SERVICES.length);
  const portOf = (name: ServiceName): number => ports[SERVICES.indexOf(name)] ?? 0;
  const proxies = await startProxies(options.proxied ?? [], portOf);
  const plans = planCluster({
    checkoutDir: CHECKOUT_DIR,
    stateDir,
    portOf,
    dialPortOf: (link) => proxies.get(link)?.port ?? portOf(calleeOf(link)),
    databases,
    tlsOf: (name) => required(certificates.get(spiffeIdOf({ kind: 'service', name }))),
    logLevel: options.logLevel ?? 'info',
    logFile: options.logFile,
    settingsOf: options.settingsOf ?? (() => ({})),
  });
  const services = new Map([...plans].map(([name, plan]) => [name, new Child(plan)] as const));
  const cluster = new Cluster(stateDir, postgres, services, proxies, portOf, certificates);
  try {
    for (const child of services.values()) child.start();
    await Promise.all(SERVICES.map((name) => cluster.serving(name)));
    return cluster;
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

function identitiesOf({ participants }: ClusterOptions): DevelopmentIdentity[] {
  return [
    ...SERVICES.map((name) => ({ kind: 'service', name }) as const),
    { kind: 'operator', name: OPERATOR },
    { kind: 'operator', name: SECOND_OPERATOR },
    ...participants.map((name) => ({ kind: 'participant', name }) as const),
  ];
}

async function startProxies(
  names: readonly LinkName[],
  portOf: (service: ServiceName) => number,
): Promise<ReadonlyMap<LinkName, TcpProxy>> {
  const proxies = new Map<LinkName, TcpProxy>();
  for (const name of LINKS.filter((link) => names.includes(link))) {
    proxies.set(name, await TcpProxy.start(portOf(calleeOf(name))));
  }
  return proxies;
}

function calleeOf(link: LinkName): ServiceName {
  return link.slice(link.indexOf('>') + 1) as ServiceName;
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a certificate is missing');
  return value;
}
