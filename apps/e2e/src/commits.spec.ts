import { journal, trading } from '@clearway/contracts';
import { createPool } from '@clearway/platform-postgres';
import { type Cluster, until, whenQuiet } from '@clearway/testing';
import { lookUp, order, place, SIDE_SELL, startMarket } from './market';

jest.setTimeout(60_000);

/** Events that ride: a batch of nothing else was awaited by nobody (docs/adr/0003). So does a SagaAdvanced that completes. */
const RIDES = new Set(['StepRefused', 'StepFailed', 'StepsCompensated', 'SagasFinished']);
/** The settlement's pivot: both legs stand, which must be durable before a position changes. */
const PIVOT = 'SagaAdvanced';
/** Commits that an order may wait for on its way, by service; the two fills of its trade share one in risk. */
const COMMITS: readonly (readonly [service: string, most: number])[] = [
  ['trading', 2],
  ['risk', 2],
  ['clearing', 1],
];

describe('commits', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startMarket({ participants: ['alice', 'bob'] });
  });

  afterAll(async () => cluster?.close());

  /** Names of the events that did not ride, of each batch that somebody waited for, after a sequence. */
  async function awaited(service: string, after: number): Promise<string[][]> {
    const all = await batches(service, after);
    return all.filter((events) => events.length > 0);
  }

  async function batches(service: string, after: number): Promise<string[][]> {
    return query(service, async (pool) => {
      const text = 'SELECT payload FROM journal_batches WHERE seq > $1 ORDER BY seq';
      const { rows } = await pool.query<{ payload: Buffer }>(text, [after]);
      return rows.map(({ payload }) =>
        journal.Batch.decode(payload)
          .events.filter((event) => !rides(event))
          .map(({ type }) => type),
      );
    });
  }

  async function head(service: string): Promise<number> {
    return query(service, async (pool) => {
      const { rows } = await pool.query<{ head: string }>('SELECT max(seq) AS head FROM journal_batches');
      return Number(rows[0]?.head);
    });
  }

  async function query<T>(
    service: string,
    ask: (pool: ReturnType<typeof createPool>) => Promise<T>,
  ): Promise<T> {
    const url = new URL(cluster.postgresUrl);
    url.pathname = `/clearway_${service}`;
    const pool = createPool(url.toString(), { applicationName: 'commits-spec', max: 1 });
    try {
      return await ask(pool);
    } finally {
      await pool.end();
    }
  }

  it('that an order waits for are at most two in trading and risk and one in clearing, and one for its settlement’s pivot', async () => {
    await place(cluster.as('bob'), order('bob', { side: SIDE_SELL }));
    await whenQuiet(cluster.operator);
    const before = new Map<string, number>();
    for (const [service] of COMMITS) before.set(service, await head(service));
    const taker = order('alice');
    await place(cluster.as('alice'), taker);
    await until('the trade is settled', async () => {
      return (await lookUp(cluster.as('alice'), taker)).unsettledQty === '0';
    });
    for (const [service, most] of COMMITS) {
      const seen = await awaited(service, before.get(service) ?? 0);
      const settling = seen.filter((events) => events.every((type) => type === PIVOT));
      const onItsWay = seen.length - settling.length;
      expect({ service, seen, isWithin: onItsWay <= most }).toMatchObject({ isWithin: true });
      expect(settling).toHaveLength(service === 'trading' ? 1 : 0);
      expect(onItsWay).toBeGreaterThan(0);
    }
  });

  it('are shared by the orders of one turn', async () => {
    await whenQuiet(cluster.operator);
    const before = await head('trading');
    const orders = Array.from({ length: 100 }, () => order('alice', { price: '99.00', orderQty: '1' }));
    await Promise.all(orders.map((each) => place(cluster.as('alice'), each)));
    const seen = await awaited('trading', before);
    const accepted = seen.flat().filter((type) => type === 'OrderAccepted').length;
    expect(accepted).toBe(100);
    expect(seen.length).toBeLessThan(100);
    console.log(`100 orders in ${seen.length} commits of trading`);
  });
});

function rides({ type, data }: journal.EventRecord): boolean {
  if (type === PIVOT) return completes(trading.TradingEvent.decode(data));
  return RIDES.has(type) || type.startsWith('platform.');
}

function completes({ event }: trading.TradingEvent): boolean {
  const saga = event?.$case === 'saga' ? event.value.event : undefined;
  return saga?.$case === 'sagaAdvanced' && saga.value.completed;
}
