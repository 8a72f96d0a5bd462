import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  type DevelopmentIdentity,
  ensureDevelopmentPki,
  spiffeIdOf,
  type TlsPaths,
} from '@clearway/platform-pki';
import {
  createDatabases,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import { tlsFilesOf } from '@clearway/platform-rpc';
import { Child, type ChildExit } from './child';
import { type EdgeName, type LinkName, planCluster, revokedPathIn } from './cluster-plan';
import { freePorts } from './free-ports';
import { Peer, type ProcessName, SERVICES, type ServiceName } from './peer';
import { isServing } from './serving';
import { TcpProxy } from './tcp-proxy';
import { until } from './until';

/** What a cluster is made of. */
export interface ClusterOptions {
  /** Participants that get a certificate. */
  readonly participants: readonly string[];
  /** Ways between services that a test wants to cut or hold; the others are direct. */
  readonly proxied?: readonly EdgeName[];
  /** Services that get a second process, started like the first. */
  readonly standbys?: readonly ServiceName[];
  /** The built checkout that a process runs from; this one unless told otherwise. */
  readonly checkoutDirOf?: (process: ProcessName) => string;
  /** Folder of the database; one of the cluster's own when it is left out. */
  readonly postgresDir?: string;
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
    private postgres: EmbeddedPostgres,
    private readonly postgresDir: string,
    private readonly services: ReadonlyMap<ProcessName, Child>,
    private readonly proxies: ReadonlyMap<EdgeName, TcpProxy>,
    private readonly portOf: (process: ProcessName) => number,
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

  /** Every address of a service, its standby's too; a participant's lead through the proxy between clients and the service. */
  addressesOf(name: ServiceName, kind: DevelopmentIdentity['kind'] = 'operator'): readonly string[] {
    const proxy = kind === 'participant' ? this.proxies.get(`client>${name}`) : undefined;
    const standby = this.services.has(`${name}-b`) ? [this.portOf(`${name}-b`)] : [];
    return [proxy?.port ?? this.portOf(name), ...standby].map((port) => `127.0.0.1:${port}`);
  }

  /** Certificate files of an identity that the cluster was started with. */
  tlsOf(identity: DevelopmentIdentity): TlsPaths {
    const paths = this.certificates.get(spiffeIdOf(identity));
    if (paths === undefined) throw new Error(`the cluster has no certificate for ${identity.name}`);
    return paths;
  }

  /** Connects as an identity; closed with the cluster. */
  connect(identity: DevelopmentIdentity): Peer {
    const peer = new Peer((name) => this.addressesOf(name, identity.kind), tlsFilesOf(this.tlsOf(identity)));
    this.peers.add(peer);
    return peer;
  }

  /** Connects as a participant. */
  as(participant: string): Peer {
    return this.connect({ kind: 'participant', name: participant });
  }

  process(name: ProcessName): Child {
    const child = this.services.get(name);
    if (child === undefined) throw new Error(`no service ${name}`);
    return child;
  }

  link(name: EdgeName): TcpProxy {
    const proxy = this.proxies.get(name);
    if (proxy === undefined)
      throw new Error(`the way ${name} has no proxy: name it in ClusterOptions.proxied`);
    return proxy;
  }

  /** kill -9. */
  async kill(name: ProcessName): Promise<void> {
    await this.process(name).kill();
  }

  /** SIGTERM; waits for the end. */
  async stop(name: ProcessName): Promise<ChildExit> {
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

  /** Process id of Postgres' first process. */
  get postgresPid(): number {
    return this.postgres.pid;
  }

  /** Ends Postgres, with SIGINT (it shuts down fast and whole) or with kill -9. */
  async endPostgres(signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
    if (signal === 'SIGKILL') process.kill(this.postgres.pid, 'SIGKILL');
    else await this.postgres.stop();
    await this.postgres.exited;
  }

  /** Settles when Postgres has ended, whoever ended it. */
  get postgresExited(): Promise<unknown> {
    return this.postgres.exited;
  }

  /** Starts Postgres again on its data and its port; it recovers first when it has to. */
  async startPostgres(): Promise<void> {
    const { port } = this.postgres;
    this.postgres = await startEmbeddedPostgres({ dataDir: this.postgresDir, port, log: QUIET });
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
  const stateDir = await temporaryHome('clearway-cluster-');
  await writeFile(revokedPathIn(stateDir), '');
  const certificates = await ensureDevelopmentPki(join(stateDir, 'pki'), identitiesOf(options));
  const postgresDir = options.postgresDir ?? join(stateDir, 'postgres');
  // A port of its own: one that Postgres prefers could be somebody else's when it comes back after a crash.
  const [postgresPort = 0] = await freePorts(1);
  const postgres = await startEmbeddedPostgres({ dataDir: postgresDir, port: postgresPort, log: QUIET });
  const password = CLUSTER_PASSWORD;
  const wanted = SERVICES.map((service) => ({ service, ownerPassword: password, appPassword: password }));
  const databases = await createDatabases(postgres.url, wanted);
  const standbys = options.standbys ?? [];
  const processes: ProcessName[] = [...SERVICES, ...standbys.map((name): ProcessName => `${name}-b`)];
  const ports = await freePorts(processes.length);
  const portOf = (name: ProcessName): number => ports[processes.indexOf(name)] ?? 0;
  const portAt = (target: string): number =>
    target === 'postgres' ? postgres.port : portOf(target as ServiceName);
  const proxies = await startProxies(options.proxied ?? [], portAt);
  const plans = planCluster({
    checkoutDirOf: options.checkoutDirOf ?? (() => CHECKOUT_DIR),
    stateDir,
    processes,
    portOf,
    dialPortsOf: (link) => dialPorts(link, proxies.get(link)?.port, standbys, portOf),
    postgresPortOf: (name) => proxies.get(`${name}>postgres`)?.port,
    databases,
    tlsOf: (name) => required(certificates.get(spiffeIdOf({ kind: 'service', name }))),
    logLevel: options.logLevel ?? 'info',
    logFile: options.logFile,
    settingsOf: options.settingsOf ?? (() => ({})),
  });
  const services = new Map([...plans].map(([name, plan]) => [name, new Child(plan)] as const));
  const cluster = new Cluster(stateDir, postgres, postgresDir, services, proxies, portOf, certificates);
  try {
    for (const name of SERVICES) cluster.process(name).start();
    await Promise.all(SERVICES.map((name) => cluster.serving(name)));
    // Later than their owners, so that it is known who stands by.
    for (const name of standbys) cluster.process(`${name}-b`).start();
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
  names: readonly EdgeName[],
  portAt: (target: string) => number,
): Promise<ReadonlyMap<EdgeName, TcpProxy>> {
  const proxies = new Map<EdgeName, TcpProxy>();
  for (const name of new Set(names)) proxies.set(name, await TcpProxy.start(portAt(calleeOf(name))));
  return proxies;
}

function dialPorts(
  link: LinkName,
  proxyPort: number | undefined,
  standbys: readonly ServiceName[],
  portOf: (process: ProcessName) => number,
): number[] {
  const callee = calleeOf(link) as ServiceName;
  const standby = standbys.includes(callee) ? [portOf(`${callee}-b`)] : [];
  return [proxyPort ?? portOf(callee), ...standby];
}

function calleeOf(edge: EdgeName): string {
  return edge.slice(edge.indexOf('>') + 1);
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a certificate is missing');
  return value;
}
