import { type Environment, loadConfig, postgresUrl, z } from '@clearway/platform-config';
import { SERVICES } from './identities';

/** Roles of one service's database: who owns the schema and who works with it. */
export const ROLES = ['owner', 'app'] as const;

/** Name of the variable with the URL of a service's role: `CLEARWAY_TRADING_OWNER_URL`, `CLEARWAY_TRADING_APP_URL`. */
export function urlVariable(service: string, role: (typeof ROLES)[number]): string {
  return `CLEARWAY_${service.toUpperCase()}_${role.toUpperCase()}_URL`;
}

/** What `provision databases` reads. */
export interface DatabaseSettings {
  /** A superuser's URL. */
  readonly adminUrl: string;
  /** The URL that a service's role will use. */
  urlOf(service: string, role: (typeof ROLES)[number]): string;
}

/**
 * Reads the superuser's URL and the URLs of every role, the same that the services and their migrations are given, so that a
 * password is written down once. A wrong one ends the process with a table of everything that is wrong, and status 78.
 */
export function loadDatabaseSettings(env: Environment): DatabaseSettings {
  const names = SERVICES.flatMap((service) => ROLES.map((role) => urlVariable(service, role)));
  const urls = Object.fromEntries(names.map((name) => [name, postgresUrl()]));
  const settings = loadConfig(z.object({ CLEARWAY_POSTGRES_ADMIN_URL: postgresUrl(), ...urls }), env);
  const values = settings as Readonly<Record<string, string>>;
  return {
    adminUrl: settings.CLEARWAY_POSTGRES_ADMIN_URL,
    urlOf: (service, role) => values[urlVariable(service, role)] ?? '',
  };
}
