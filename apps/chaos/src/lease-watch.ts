import { createPool } from '@clearway/platform-postgres';
import type { ServiceName } from '@clearway/testing';
import type { Pool } from 'pg';

const QUERY = 'SELECT owner, epoch FROM journal_leases WHERE shard = $1';
/** Batches that were committed under an epoch older than that of a batch before them: none, or fencing is broken. */
const UNFENCED = `SELECT count(*) AS found FROM (
  SELECT epoch, max(epoch) OVER (ORDER BY seq) AS newest FROM journal_batches WHERE shard = $1
) AS batches WHERE epoch < newest`;

/** Looks at the leases of the services' shards as the database has them. */
export class LeaseWatch {
  private readonly pools = new Map<ServiceName, Pool>();

  constructor(private readonly postgresUrl: string) {}

  /** Who holds a service's lease, and since which epoch. */
  async holder(service: ServiceName): Promise<{ readonly owner: string; readonly epoch: number }> {
    const { rows } = await this.pool(service).query<{ owner: string; epoch: string }>(QUERY, [
      `${service}/0`,
    ]);
    const [row] = rows;
    if (row === undefined) throw new Error(`nobody has ever held the lease of ${service}/0`);
    return { owner: row.owner, epoch: Number(row.epoch) };
  }

  /** How many batches an owner appended after another one had taken its shard over. */
  async unfencedBatches(service: ServiceName): Promise<number> {
    const { rows } = await this.pool(service).query<{ found: string }>(UNFENCED, [`${service}/0`]);
    return Number(rows[0]?.found);
  }

  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.end()));
  }

  private pool(service: ServiceName): Pool {
    const known = this.pools.get(service);
    if (known !== undefined) return known;
    const url = new URL(this.postgresUrl);
    url.pathname = `/clearway_${service}`;
    const pool = createPool(url.toString(), { applicationName: 'clearway-chaos', max: 1 });
    this.pools.set(service, pool);
    return pool;
  }
}
