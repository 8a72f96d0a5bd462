import { Client } from 'pg';

/** One service's database to create: `trading` becomes `clearway_trading` with its two roles. */
export interface ServiceDatabase {
  /** Lower-case letters, digits and underscores, beginning with a letter, at most 30 characters. */
  readonly service: string;
  /** For the role that owns the schema and runs migrations. */
  readonly ownerPassword: string;
  /** For the role that the service works as: it reads and writes rows but changes no table's shape. */
  readonly appPassword: string;
}

/** How to reach one service's database. The URLs hold passwords: not for logs. */
export interface ServiceDatabaseUrls {
  readonly service: string;
  readonly database: string;
  /** For migrations only. */
  readonly ownerUrl: string;
  /** For the running service. */
  readonly appUrl: string;
}

interface Names {
  readonly database: string;
  readonly owner: string;
  readonly app: string;
}

const LOCK_KEY = 7_261_001;
const ROLE_OPTIONS = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS';

/**
 * Creates what is missing of each service's database and roles, and sets the given passwords; safe to repeat and to run
 * from several processes at once. Least privilege: a role can connect to its own service's database and to no other,
 * not even `postgres`, and the app role cannot create tables.
 * @param adminUrl a superuser's URL
 * @throws RangeError for a service name of another shape; pg's errors as they are
 */
export async function createDatabases(
  adminUrl: string,
  databases: readonly ServiceDatabase[],
): Promise<readonly ServiceDatabaseUrls[]> {
  const plans = databases.map((wanted) => ({ wanted, names: namesOf(wanted.service) }));
  await withClient(adminUrl, async (admin) => {
    await admin.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
    await admin.query('REVOKE ALL ON DATABASE postgres FROM PUBLIC');
    await admin.query('REVOKE ALL ON DATABASE template1 FROM PUBLIC');
    for (const { wanted, names } of plans) {
      await createRolesAndDatabase(admin, names, wanted);
      await withClient(urlFor(adminUrl, names.database), async (inside) => grantRows(inside, names));
    }
  });
  return plans.map(({ wanted, names }) => ({
    service: wanted.service,
    database: names.database,
    ownerUrl: urlFor(adminUrl, names.database, names.owner, wanted.ownerPassword),
    appUrl: urlFor(adminUrl, names.database, names.app, wanted.appPassword),
  }));
}

function namesOf(service: string): Names {
  if (!/^[a-z][a-z0-9_]{0,29}$/.test(service))
    throw new RangeError(`"${service}" cannot name a service's database`);
  const database = `clearway_${service}`;
  return { database, owner: `${database}_owner`, app: `${database}_app` };
}

async function createRolesAndDatabase(admin: Client, names: Names, wanted: ServiceDatabase): Promise<void> {
  await createRole(admin, names.owner, wanted.ownerPassword);
  await createRole(admin, names.app, wanted.appPassword);
  const found = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [names.database]);
  if (found.rowCount === 0) await admin.query(`CREATE DATABASE ${names.database} OWNER ${names.owner}`);
  await admin.query(`REVOKE ALL ON DATABASE ${names.database} FROM PUBLIC`);
  await admin.query(`GRANT CONNECT ON DATABASE ${names.database} TO ${names.app}`);
}

/** Names are checked before they come here, so they need no quotes; a password is a literal because DDL takes no parameters. */
async function createRole(admin: Client, role: string, password: string): Promise<void> {
  const found = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  const verb = found.rowCount === 0 ? 'CREATE' : 'ALTER';
  await admin.query(`${verb} ROLE ${role} ${ROLE_OPTIONS} PASSWORD ${admin.escapeLiteral(password)}`);
}

/** What the owner creates later, the app role may use: the migrations need no grants of their own. */
async function grantRows(inside: Client, { owner, app }: Names): Promise<void> {
  const later = `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT`;
  await inside.query(`
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT ALL ON SCHEMA public TO ${owner};
    GRANT USAGE ON SCHEMA public TO ${app};
    ${later} SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${app};
    ${later} USAGE, SELECT ON SEQUENCES TO ${app};
  `);
}

function urlFor(adminUrl: string, database: string, user?: string, password?: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  if (user !== undefined) url.username = user;
  if (password !== undefined) url.password = encodeURIComponent(password);
  return url.href;
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'clearway-create-databases' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
