import { join } from 'node:path';
import type { TlsPaths } from '@clearway/platform-pki';
import type { ChildPlan, ServiceName } from '@clearway/testing';

/** One process of the production configuration. */
export interface ProcessName {
  readonly service: ServiceName;
  /** `trading-a`: names its certificate files, and the owner of its leases. */
  readonly instance: string;
  readonly port: number;
}

/** Logical shards of each service. */
export const SHARDS: Readonly<Record<ServiceName, number>> = { trading: 4, risk: 4, clearing: 4, audit: 1 };
/** Processes of each service: as many as the production overlay has pods. Each stands by for the shards of the others. */
export const PROCESSES: Readonly<Record<ServiceName, number>> = {
  trading: 2,
  risk: 2,
  clearing: 2,
  audit: 2,
};
/** Assets of the trial's market. */
export const ASSETS = 'USD:2,AMZN:0,NVDA:0,MSFT:0,ORCL:0';
/** A limit that nobody reaches here; its counting is what is tried. */
const CALLS_PER_SECOND_MAX = 1_000;
/** The database has 100 connections for all processes together. */
const POOL_SIZE = 3;

/** What the processes' settings are made from. */
export interface Surroundings {
  readonly checkoutDir: string;
  readonly stateDir: string;
  readonly processes: readonly ProcessName[];
  /** URL of the role that a service works as. */
  readonly databaseUrlOf: (service: ServiceName) => string;
  readonly tlsOf: (instance: string) => TlsPaths;
  readonly revokedPath: string;
  readonly auditKeyPath: string;
  /** What services are told of Redis; nothing where there is none. */
  readonly redisSettings: Readonly<Record<string, string>>;
  readonly logFile: string | undefined;
}

/** How one process is started: with the settings of a production deployment, and no right to the schema. */
export function planProcess(process_: ProcessName, surroundings: Surroundings): ChildPlan {
  const { service, instance } = process_;
  const { checkoutDir, logFile } = surroundings;
  const preload = join(checkoutDir, 'libs', 'testing', 'src', 'fixtures', 'exit-with-parent.cjs');
  return {
    name: instance,
    command: process.execPath,
    args: ['--require', preload, join(checkoutDir, 'apps', service, 'dist', 'main.js')],
    env: { PATH: process.env.PATH ?? '', ...settingsOf(process_, surroundings) },
    ...(logFile === undefined ? {} : { logFile }),
  };
}

function settingsOf(
  { service, instance, port }: ProcessName,
  surroundings: Surroundings,
): Record<string, string> {
  const { ca, cert, key } = surroundings.tlsOf(instance);
  return {
    NODE_ENV: 'production',
    CLEARWAY_LISTEN: `127.0.0.1:${port}`,
    CLEARWAY_ADVERTISE: `127.0.0.1:${port}`,
    CLEARWAY_INSTANCE: instance,
    CLEARWAY_SHARDS: String(SHARDS[service]),
    CLEARWAY_POSTGRES_URL: surroundings.databaseUrlOf(service),
    CLEARWAY_POSTGRES_POOL_SIZE_MAX: String(POOL_SIZE),
    CLEARWAY_TLS_CA: ca,
    CLEARWAY_TLS_CERT: cert,
    CLEARWAY_TLS_KEY: key,
    CLEARWAY_TLS_REVOKED: surroundings.revokedPath,
    CLEARWAY_ASSETS: ASSETS,
    CLEARWAY_LOG_LEVEL: 'info',
    CLEARWAY_CALLS_PER_SECOND_MAX: String(CALLS_PER_SECOND_MAX),
    CLEARWAY_HEALTH_LISTEN: '127.0.0.1:0',
    CLEARWAY_METRICS_LISTEN: '127.0.0.1:0',
    ...surroundings.redisSettings,
    ...peersOf(service, surroundings),
  };
}

function peersOf(service: ServiceName, { processes, auditKeyPath }: Surroundings): Record<string, string> {
  const at = (name: ServiceName): string[] =>
    processes.filter((each) => each.service === name).map(({ port }) => `127.0.0.1:${port}`);
  switch (service) {
    case 'trading':
      return {
        CLEARWAY_RISK_ADDRESS: at('risk').join(','),
        CLEARWAY_CLEARING_ADDRESS: at('clearing').join(','),
      };
    case 'clearing':
      return { CLEARWAY_RISK_ADDRESS: at('risk').join(',') };
    case 'audit':
      return {
        CLEARWAY_SOURCES: (['trading', 'risk', 'clearing'] as const)
          .flatMap((source) =>
            Array.from(
              { length: SHARDS[source] },
              (_, index) => `${source}/${index}=${at(source).join('|')}`,
            ),
          )
          .join(','),
        CLEARWAY_AUDIT_KEY: auditKeyPath,
      };
    case 'risk':
      return {};
  }
}
