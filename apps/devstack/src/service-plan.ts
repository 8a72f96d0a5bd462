import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceDatabaseUrls } from '@clearway/platform-postgres';
import type { Certificates } from './certificates';
import { SERVICES, type ServiceName } from './identities';
import { StartupError } from './startup-error';
import type { ChildPlan } from './supervised-child';

/** Decimals of each asset's minor unit; every service of a stack is started with the same catalogue. */
export const ASSETS = 'USD:2,EUR:2,AMZN:0,AAPL:0,MSFT:0,BTC:8';

/** The preload that ends a service when devstack is gone; it lies beside this file once both are compiled. */
const EXIT_WITH_PARENT = join(__dirname, 'exit-with-parent.js');

/** What the services' settings are made from. */
export interface ServiceSurroundings {
  /** Folder that `apps/` lies in. */
  readonly checkoutDir: string;
  readonly ports: ReadonlyMap<string, number>;
  readonly databases: readonly ServiceDatabaseUrls[];
  readonly certificates: Certificates;
  /** PEM file of the key that audit signs with; audit makes it at its first start. */
  readonly signingKeyFile: string;
  readonly logLevel: string;
  readonly inherited: Readonly<Record<string, string>>;
}

/**
 * Looks for the compiled entry of every service.
 * @throws StartupError that says how to make what is missing
 */
export function requireBuilt(checkoutDir: string): void {
  const missing = SERVICES.map((name) => entryOf(checkoutDir, name)).filter((file) => !existsSync(file));
  if (missing.length === 0) return;
  throw new StartupError(
    `Not built yet: ${missing.join(', ')}. Run npm run build, or npm start, which does.`,
  );
}

/**
 * What waits for its answer is copied by each collection of the young objects: a small space for them makes stops of some milliseconds,
 * which nobody notices, where a large one makes few stops of 25 to 50. In megabytes; deploy/kubernetes has the same.
 */
const NODE_FLAGS = ['--max-semi-space-size=8'];

/** Tells how to start each service: this Node, the service's compiled entry, and its settings as environment variables. */
export function planServices(surroundings: ServiceSurroundings): readonly ChildPlan[] {
  return SERVICES.map((name) => ({
    name,
    command: process.execPath,
    args: [...NODE_FLAGS, '--require', EXIT_WITH_PARENT, entryOf(surroundings.checkoutDir, name)],
    env: {
      ...surroundings.inherited,
      ...sharedSettings(name, surroundings),
      ...ownSettings(name, surroundings),
    },
  }));
}

/** The loopback address that a service listens on. */
export function addressOf(name: ServiceName, ports: ReadonlyMap<string, number>): string {
  return `127.0.0.1:${ports.get(name) ?? 0}`;
}

function entryOf(checkoutDir: string, name: ServiceName): string {
  return join(checkoutDir, 'apps', name, 'dist', 'main.js');
}

function sharedSettings(name: ServiceName, surroundings: ServiceSurroundings): Record<string, string> {
  const { ca, cert, key } = surroundings.certificates('service', name);
  const database = surroundings.databases.find(({ service }) => service === name);
  if (database === undefined) throw new Error(`no database was made for ${name}`);
  return {
    CLEARWAY_LISTEN: addressOf(name, surroundings.ports),
    CLEARWAY_INSTANCE: `${name}-devstack`,
    CLEARWAY_POSTGRES_URL: database.appUrl,
    CLEARWAY_POSTGRES_OWNER_URL: database.ownerUrl,
    CLEARWAY_TLS_CA: ca,
    CLEARWAY_TLS_CERT: cert,
    CLEARWAY_TLS_KEY: key,
    CLEARWAY_ASSETS: ASSETS,
    CLEARWAY_LOG_LEVEL: surroundings.logLevel,
  };
}

function ownSettings(
  name: ServiceName,
  { ports, signingKeyFile }: ServiceSurroundings,
): Record<string, string> {
  switch (name) {
    case 'trading':
      return {
        CLEARWAY_RISK_ADDRESS: addressOf('risk', ports),
        CLEARWAY_CLEARING_ADDRESS: addressOf('clearing', ports),
      };
    case 'clearing':
      return { CLEARWAY_RISK_ADDRESS: addressOf('risk', ports) };
    case 'audit':
      return {
        CLEARWAY_SOURCES: (['trading', 'risk', 'clearing'] as const)
          .map((source) => `${source}/0=${addressOf(source, ports)}`)
          .join(','),
        CLEARWAY_AUDIT_KEY: signingKeyFile,
        CLEARWAY_DEVELOPMENT: 'true',
      };
    case 'risk':
      return {};
  }
}
