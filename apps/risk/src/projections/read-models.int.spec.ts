import { rm } from 'node:fs/promises';
import {
  createRiskState,
  INHERITED_LIMITS,
  needMinor,
  type RiskAction,
  type RiskCommand,
  type RiskEvent,
  type RiskState,
  riskMachine,
} from '@clearway/domain-risk';
import type { JournaledEvent } from '@clearway/platform-journal';
import {
  createPool,
  type EmbeddedPostgres,
  migrate,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import type { Pool } from 'pg';
import { readModelMigrations } from '../migrations/read-models';
import { TAKE_UP } from './holds.projection';
import { projectReadModels } from './read-models.projection';

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const START_MICROS = 1_700_000_000_000_000;
const CONTEXT = {
  actor: 'spiffe://clearway/operator/olivia',
  address: '',
  device: '',
  traceparent: '',
  method: '',
};

/** A journal in memory: what the machine decides, and the state it comes to. */
class MemoryJournal {
  readonly state: RiskState = createRiskState();
  readonly events: JournaledEvent<RiskEvent>[] = [];
  private sagaNumber = 0;

  decide(command: RiskCommand): void {
    const nowMicros = START_MICROS + this.events.length * 1_000_000;
    const emit = (event: RiskEvent): void => {
      const context = { ...CONTEXT, atMicros: nowMicros };
      this.events.push({ number: this.events.length, type: event.kind, event, context });
      riskMachine.evolve(this.state, event, nowMicros);
    };
    riskMachine.decide(this.state, command, { nowMicros, emit, publish: () => {} });
  }

  act(...actions: RiskAction[]): void {
    const steps = actions.map((action) => ({
      sagaNumber: ++this.sagaNumber,
      step: 0,
      phase: 'action' as const,
      action,
    }));
    this.decide({ kind: 'ExecuteSteps', originShard: 'trading/0', finishedBelow: 0, steps });
  }
}

function order(orderNumber: number, side: 'buy' | 'sell', quantityLots: number): RiskAction {
  return {
    kind: 'Reserve',
    orderNumber,
    account: 'alice.main',
    symbol: 'AMZN',
    side,
    quantityLots,
    priceTicks: 100,
    marketPriceTicks: 100,
    baseAsset: 'AMZN',
    quoteAsset: 'USD',
    lotSizeMinor: 1n,
    tickValueMinor: 1n,
    feeBps: 25,
  };
}

function fill(orderNumber: number, quantityLots: number): RiskAction {
  return { kind: 'ApplyFill', orderNumber, tradeNumber: 1, quantityLots, priceTicks: 100, feeMinor: 0n };
}

function day(): MemoryJournal {
  const journal = new MemoryJournal();
  const funds = { account: 'alice.main', amountMinor: 100_000n };
  journal.act(
    { kind: 'CreditFunds', asset: 'USD', ...funds },
    { kind: 'CreditFunds', asset: 'AMZN', ...funds },
  );
  journal.act(order(1, 'buy', 10), order(2, 'sell', 5), order(3, 'buy', 7), order(4, 'buy', 1));
  journal.act(fill(1, 4), fill(2, 5), { kind: 'ReleaseLots', orderNumber: 1, quantityLots: 2 });
  journal.act({ kind: 'ReleaseHold', orderNumber: 3 }, order(5, 'buy', 1_000_000));
  journal.act({ kind: 'HoldFunds', account: 'alice.main', asset: 'USD', amountMinor: 500n });
  journal.act({ kind: 'SetAccountFrozen', account: 'alice.main', frozen: true, version: 2 });
  journal.act({ kind: 'SetAccountFrozen', account: 'alice.main', frozen: false, version: 1 });
  const scope = { account: '', symbol: 'AMZN' };
  journal.decide({ kind: 'SetLimits', scope, limits: { ...INHERITED_LIMITS, ordersPerMinuteMax: 7 } });
  journal.decide({ kind: 'SetBlacklist', participant: 'bob', blacklisted: true, note: 'wrong' });
  journal.decide({ kind: 'SetBlacklist', participant: 'bob', blacklisted: false, note: '' });
  journal.decide({ kind: 'SetBlacklist', participant: 'mallory', blacklisted: true, note: 'sanctions' });
  return journal;
}

describe("risk's read models", () => {
  let dir: string;
  let postgres: EmbeddedPostgres;
  let pool: Pool;

  beforeAll(async () => {
    dir = await temporaryHome('clearway-risk-models-');
    postgres = await startEmbeddedPostgres({ dataDir: dir, log: SILENT });
    pool = createPool(postgres.url, { max: 2, applicationName: 'read-models-spec' });
  }, 60_000);

  afterAll(async () => {
    await pool?.end();
    await postgres?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  beforeEach(async () => {
    await pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await migrate({ url: postgres.url, migrations: readModelMigrations });
  });

  async function project(events: readonly JournaledEvent<RiskEvent>[]): Promise<void> {
    const client = await pool.connect();
    await projectReadModels(events, client);
    client.release();
  }

  async function rows(table: string, columns: string): Promise<string[]> {
    const found = await pool.query<Record<string, unknown>>(`SELECT ${columns} FROM ${table} ORDER BY 1, 2`);
    return found.rows.map((row) => Object.values(row).join(' '));
  }

  it.each([1, 2, 3, 100])('show what the machine knows, in batches of %d events', async (size) => {
    const { state, events } = day();
    for (let from = 0; from < events.length; from += size) await project(events.slice(from, from + size));
    const funds = await rows(
      'risk_funds',
      'account, asset, total_minor, held_for_orders_minor, held_for_withdrawals_minor',
    );
    expect(funds).toEqual(
      state.funds
        .entries()
        .map((f) =>
          [f.account, f.asset, f.totalMinor, f.heldForOrdersMinor, f.heldForWithdrawalsMinor].join(' '),
        ),
    );
    const open = await rows('risk_holds', 'order_number, open_lots, held_minor');
    expect(open).toEqual(
      [...state.holds.values()].map((hold) => [hold.orderNumber, hold.openLots, needMinor(hold)].join(' ')),
    );
  });

  it('have the same rows, times too, however the events are gathered', async () => {
    const journal = day();
    const gathered = async (size: number): Promise<string[]> => {
      await pool.query('TRUNCATE risk_holds, risk_funds, risk_freezes, risk_limits, risk_blacklist');
      const { events } = journal;
      for (let from = 0; from < events.length; from += size) await project(events.slice(from, from + size));
      return rows('risk_holds', 'order_number, open_lots, placed_at, changed_at');
    };
    expect(await gathered(100)).toEqual(await gathered(1));
  });

  it('find holds by their order, however many there are and before the table was ever analysed', async () => {
    await pool.query('ALTER TABLE risk_holds SET (autovacuum_enabled = false)');
    await pool.query(`INSERT INTO risk_holds SELECT 'trading/0', n, 'a', 'AMZN', 'buy', 1, 1, 1, 1, 1, 0, 'AMZN', 'USD', 1, now(), now()
      FROM generate_series(1, 50000) n`);
    const orders = Array.from({ length: 2_000 }, (_, index) => index + 1);
    const plan = await pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${TAKE_UP}`, [
      orders.map(() => 'trading/0'),
      orders,
    ]);
    const lines = plan.rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(lines).toMatch(/Index Cond: \(\(origin_shard = .*\) AND \(order_number = .*\)\)/);
    expect(lines).not.toMatch(/Seq Scan|Hash Join|Merge Join/);
  });

  it('keep open holds only, and say who set what', async () => {
    await project(day().events);
    expect(await rows('risk_holds', 'order_number, placed_lots, open_lots')).toEqual(['1 10 4', '4 1 1']);
    expect(await rows('risk_freezes', 'account, frozen, version')).toEqual(['alice.main true 2']);
    expect(await rows('risk_limits', 'account, symbol, orders_per_minute_max, set_by')).toEqual([
      ' AMZN 7 spiffe://clearway/operator/olivia',
    ]);
    expect(await rows('risk_blacklist', 'participant, note')).toEqual(['mallory sanctions']);
  });
});
