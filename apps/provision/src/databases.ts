import { createDatabases, type ServiceDatabaseUrls } from '@clearway/platform-postgres';
import { type DatabaseSettings, urlVariable } from './config';
import { SERVICES } from './identities';

/** A URL names another role, database or server than the one that is created. The message holds no password. */
export class RoleUrlError extends Error {
  override readonly name = 'RoleUrlError';
}

/**
 * Creates the database and the two roles of every service, with the passwords that their URLs hold. Safe to repeat, also with
 * new passwords. It checks first that each URL names what is created, because a service that works as another role than its
 * own would have rights that it must not have.
 * @throws RoleUrlError; pg's errors when the database cannot be reached
 */
export async function provisionDatabases(
  settings: DatabaseSettings,
): Promise<readonly ServiceDatabaseUrls[]> {
  const wanted = SERVICES.map((service) => ({
    service,
    ownerPassword: passwordOf(settings, service, 'owner'),
    appPassword: passwordOf(settings, service, 'app'),
  }));
  return createDatabases(settings.adminUrl, wanted);
}

function passwordOf(settings: DatabaseSettings, service: string, role: 'owner' | 'app'): string {
  const { adminUrl } = settings;
  const url = new URL(settings.urlOf(service, role));
  const expected = { user: `clearway_${service}_${role}`, database: `clearway_${service}` };
  const named = { user: url.username, database: url.pathname.slice(1) };
  const isRight = named.user === expected.user && named.database === expected.database;
  const isHere = url.host === new URL(adminUrl).host;
  if (isRight && isHere && url.password !== '') return decodeURIComponent(url.password);
  throw new RoleUrlError(
    `${urlVariable(service, role)} must be postgres://${expected.user}:PASSWORD@${new URL(adminUrl).host}/${expected.database}`,
  );
}
