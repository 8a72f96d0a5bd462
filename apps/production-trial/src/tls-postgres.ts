import { chmod, chown, copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TlsPaths } from '@clearway/platform-pki';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@clearway/platform-postgres';
import { Client } from 'pg';

const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** A Postgres that speaks TLS alone. */
export interface TlsPostgres {
  readonly server: EmbeddedPostgres;
  /** The superuser's URL, over TLS with the server's name checked. */
  readonly url: string;
}

/**
 * Starts a real Postgres and has it refuse whoever does not come over TLS 1.3: the server's certificate is of the same
 * authority as the services', and `pg_hba.conf` allows `hostssl` only.
 */
export async function startTlsPostgres(dataDir: string, tls: TlsPaths): Promise<TlsPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, log: QUIET });
  const clusterDir = await settingOf(server.url, 'data_directory');
  const { uid, gid } = await stat(clusterDir);
  for (const [from, name] of [
    [tls.cert, 'server.crt'],
    [tls.key, 'server.key'],
  ] as const) {
    const path = join(clusterDir, name);
    await copyFile(from, path);
    await chown(path, uid, gid);
    await chmod(path, 0o600);
  }
  await run(server.url, [
    "ALTER SYSTEM SET ssl_cert_file = 'server.crt'",
    "ALTER SYSTEM SET ssl_key_file = 'server.key'",
    "ALTER SYSTEM SET ssl_min_protocol_version = 'TLSv1.3'",
    'ALTER SYSTEM SET ssl = on',
    'SELECT pg_reload_conf()',
  ]);
  const url = overTls(server.url, tls.ca);
  const rules = join(clusterDir, 'pg_hba.conf');
  const allowed = (await readFile(rules, 'utf8')).replace(/^host\b/gm, 'hostssl');
  await writeFile(rules, allowed);
  await run(url, ['SELECT pg_reload_conf()']);
  return { server, url };
}

/** A database URL over TLS, with the server's certificate and name checked. */
export function overTls(url: string, caPath: string): string {
  const parsed = new URL(url);
  parsed.searchParams.set('sslmode', 'verify-full');
  parsed.searchParams.set('sslrootcert', caPath);
  return parsed.toString();
}

/** Sessions of the services by whether they are encrypted, as the server itself sees them. */
export async function countSessions(url: string): Promise<{ encrypted: number; plain: number }> {
  const sql = `SELECT count(*) FILTER (WHERE ssl)::int AS encrypted, count(*) FILTER (WHERE NOT ssl)::int AS plain
    FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE backend_type = 'client backend'`;
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ encrypted: number; plain: number }>(sql);
    return rows[0] ?? { encrypted: 0, plain: 0 };
  });
}

/** Whether the server lets somebody in without TLS. */
export async function letsInPlain(url: string): Promise<boolean> {
  const plain = new URL(url);
  plain.search = '';
  return withClient(plain.toString(), async () => true).catch(() => false);
}

async function settingOf(url: string, name: string): Promise<string> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ value: string }>('SELECT current_setting($1) AS value', [name]);
    return rows[0]?.value ?? '';
  });
}

async function run(url: string, statements: readonly string[]): Promise<void> {
  await withClient(url, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
