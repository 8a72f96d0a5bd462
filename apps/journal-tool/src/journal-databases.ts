import { join } from 'node:path';
import { audit } from '@clearway/contracts';
import { createRpcClient } from '@clearway/platform-rpc';
import { operatorTls, readStackFile, type StackDescription } from '@clearway/platform-stack';
import { Client } from 'pg';

/** The services whose journals can be archived. Audit's is what its entries are read from; it is kept as long as they are. */
export const SERVICES = ['trading', 'risk', 'clearing'] as const;
/** One of SERVICES. */
export type ServiceName = (typeof SERVICES)[number];

const CHECKOUT = join(__dirname, '..', '..', '..');

/** Reads the stack.json given, else that of the checkout. */
export function stackOf(file: string | undefined): StackDescription {
  return readStackFile(file ?? join(CHECKOUT, '.clearway', 'stack.json'));
}

/** Runs something with a connection to a service's database. Throws when the stack does not say where Postgres is. */
export async function withDatabase<T>(
  { postgres }: StackDescription,
  service: ServiceName,
  work: (database: Client) => Promise<T>,
): Promise<T> {
  if (postgres === undefined) throw new Error('the stack.json names no Postgres');
  const url = new URL(postgres);
  url.pathname = `/clearway_${service}`;
  const database = new Client({ connectionString: url.href, application_name: 'clearway-journal-tool' });
  await database.connect();
  try {
    return await work(database);
  } finally {
    await database.end();
  }
}

/** The shards of a database's journal, by name. */
export async function shardsOf(database: Pick<Client, 'query'>): Promise<readonly string[]> {
  const { rows } = await database.query<{ shard: string }>('SELECT shard FROM journal_leases ORDER BY shard');
  return rows.map(({ shard }) => shard);
}

/** How many events of each shard are in audit's tree. */
export async function auditedEvents(stack: StackDescription): Promise<ReadonlyMap<string, number>> {
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const client = createRpcClient(audit.AuditServiceClient, {
    address: stack.services.audit,
    tls: operatorTls(stack),
    expect: 'svc/audit',
    log: silent,
  });
  try {
    const { shards } = await client.call('listCoverage', {});
    return new Map(shards.map(({ shard, nextEvent }) => [shard, nextEvent]));
  } finally {
    client.close();
  }
}
