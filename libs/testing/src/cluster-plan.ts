import { join } from 'node:path';
import type { TlsPaths } from '@clearway/platform-pki';
import type { ServiceDatabaseUrls } from '@clearway/platform-postgres';
import type { ChildPlan } from './child';
import { type ProcessName, type ServiceName, serviceOf } from './peer';

/** A way from one service to another, `caller>callee`. */
export type LinkName = (typeof LINKS)[number];

/** Every way that services call each other. */
export const LINKS = [
  'trading>risk',
  'trading>clearing',
  'clearing>risk',
  'audit>trading',
  'audit>risk',
  'audit>clearing',
] as const;

/** A way that a proxy can stand in: between services, from a service to Postgres, or from participants to a service. */
export type EdgeName = LinkName | `${ServiceName}>postgres` | `client>${ServiceName}`;

/** Decimals of each asset's minor unit in a test cluster. */
export const CLUSTER_ASSETS = 'USD:2,AMZN:0,BTC:8';

/** What the services of a cluster are started with. */
export interface ClusterSurroundings {
  readonly checkoutDirOf: (process: ProcessName) => string;
  readonly stateDir: string;
  readonly processes: readonly ProcessName[];
  readonly portOf: (process: ProcessName) => number;
  /** Ports to dial for a link: of the callee or of the proxy before it, and of its standby. */
  readonly dialPortsOf: (link: LinkName) => readonly number[];
  /** Port of the proxy between a service and Postgres, if there is one. */
  readonly postgresPortOf: (service: ServiceName) => number | undefined;
  readonly databases: readonly ServiceDatabaseUrls[];
  readonly tlsOf: (service: ServiceName) => TlsPaths;
  readonly logLevel: string;
  readonly logFile: string | undefined;
  readonly settingsOf: (service: ServiceName) => Readonly<Record<string, string>>;
}

/** The list of revoked certificates that every service of a cluster reads. */
export function revokedPathIn(stateDir: string): string {
  return join(stateDir, 'revoked.txt');
}

/** Tells how each process is started, with the same environment variables as anywhere else. */
export function planCluster(surroundings: ClusterSurroundings): ReadonlyMap<ProcessName, ChildPlan> {
  return new Map(surroundings.processes.map((name) => [name, planOf(name, surroundings)] as const));
}

function planOf(instance: ProcessName, surroundings: ClusterSurroundings): ChildPlan {
  const name = serviceOf(instance);
  const { logFile } = surroundings;
  const checkoutDir = surroundings.checkoutDirOf(instance);
  const preload = join(checkoutDir, 'libs', 'testing', 'src', 'fixtures', 'exit-with-parent.cjs');
  return {
    name: instance,
    command: process.execPath,
    args: ['--require', preload, join(checkoutDir, 'apps', name, 'dist', 'main.js')],
    env: {
      PATH: process.env.PATH ?? '',
      ...sharedSettings(instance, surroundings),
      ...ownSettings(name, surroundings),
      ...surroundings.settingsOf(name),
    },
    ...(logFile === undefined ? {} : { logFile }),
  };
}

function sharedSettings(instance: ProcessName, surroundings: ClusterSurroundings): Record<string, string> {
  const name = serviceOf(instance);
  const { ca, cert, key } = surroundings.tlsOf(name);
  const database = surroundings.databases.find(({ service }) => service === name);
  if (database === undefined) throw new Error(`no database was made for ${name}`);
  return {
    CLEARWAY_LISTEN: `127.0.0.1:${surroundings.portOf(instance)}`,
    CLEARWAY_INSTANCE: `${instance}-test`,
    CLEARWAY_POSTGRES_URL: through(database.appUrl, surroundings.postgresPortOf(name)),
    CLEARWAY_POSTGRES_OWNER_URL: database.ownerUrl,
    CLEARWAY_TLS_CA: ca,
    CLEARWAY_TLS_CERT: cert,
    CLEARWAY_TLS_KEY: key,
    CLEARWAY_TLS_REVOKED: revokedPathIn(surroundings.stateDir),
    CLEARWAY_ASSETS: CLUSTER_ASSETS,
    CLEARWAY_LOG_LEVEL: surroundings.logLevel,
  };
}

/** The same database by another port. */
function through(url: string, port: number | undefined): string {
  if (port === undefined) return url;
  const changed = new URL(url);
  changed.port = String(port);
  return changed.toString();
}

function ownSettings(name: ServiceName, surroundings: ClusterSurroundings): Record<string, string> {
  const at = (link: LinkName, separator = ','): string =>
    surroundings
      .dialPortsOf(link)
      .map((port) => `127.0.0.1:${port}`)
      .join(separator);
  switch (name) {
    case 'trading':
      return { CLEARWAY_RISK_ADDRESS: at('trading>risk'), CLEARWAY_CLEARING_ADDRESS: at('trading>clearing') };
    case 'clearing':
      return { CLEARWAY_RISK_ADDRESS: at('clearing>risk') };
    case 'audit':
      return {
        CLEARWAY_SOURCES: (['trading', 'risk', 'clearing'] as const)
          .flatMap((source) => {
            const shards = Number(surroundings.settingsOf(source).CLEARWAY_SHARDS ?? 1);
            return Array.from(
              { length: shards },
              (_, index) => `${source}/${index}=${at(`audit>${source}`, '|')}`,
            );
          })
          .join(','),
        CLEARWAY_AUDIT_KEY: join(surroundings.stateDir, 'audit-signing.key'),
        CLEARWAY_DEVELOPMENT: 'true',
      };
    case 'risk':
      return {};
  }
}
