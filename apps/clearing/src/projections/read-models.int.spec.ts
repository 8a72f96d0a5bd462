import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ClearingCommand,
  type ClearingEvent,
  type ClearingOutput,
  clearingMachine,
  ledgerBalances,
  type SettleLeg,
} from '@clearway/domain-clearing';
import { reason } from '@clearway/kernel';
import type { JournaledEvent } from '@clearway/platform-journal';
import {
  createPool,
  type EmbeddedPostgres,
  migrate,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import type { Pool } from 'pg';
import { clearingMigrations } from '../migrations/clearing-migrations';
import { LedgerQueries } from './ledger-queries';
import { projectReadModel } from './read-model';
import { LOAD_BALANCES } from './running-balances';

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const SHARD = 'clearing/0';
const START_MICROS = 1_700_000_000_000_000;
const CONTEXT = { actor: '', address: '', device: '', traceparent: '', method: '' };

/** A day of clearing in memory: each command is a second after the last; risk refuses what it is told to. */
class Day {
  readonly state = clearingMachine.create();
  readonly events: JournaledEvent<ClearingEvent>[] = [];
  private nowMicros = START_MICROS;

  run(command: ClearingCommand, riskRefuses = false): number {
    this.nowMicros += 1_000_000;
    const calls: Extract<ClearingOutput, { kind: 'saga-call' }>['call'][] = [];
    clearingMachine.decide(this.state, command, {
      nowMicros: this.nowMicros,
      emit: (event) => {
        const context = { ...CONTEXT, atMicros: this.nowMicros };
        this.events.push({ number: this.events.length, type: event.kind, event, context });
        clearingMachine.evolve(this.state, event, this.nowMicros);
      },
      publish: (output) => {
        if (output.kind === 'saga-call') calls.push(output.call);
      },
    });
    for (const { sagaNumber, step, phase } of calls) {
      const outcome = riskRefuses
        ? ({ status: 'refused', reasons: [reason('INSUFFICIENT_FUNDS')] } as const)
        : ({ status: 'succeeded', result: new Uint8Array(0) } as const);
      this.run({ kind: 'SagaAnswers', answers: [{ sagaNumber, step, phase, ...outcome }] });
    }
    return this.nowMicros;
  }

  transfer(deposit: boolean, requestId: string, account: string, asset: string, amountMinor: bigint): number {
    const body = { deposit, requestId, account, asset, amountMinor, bankReference: 'ref' };
    return this.run({ kind: 'RequestTransfer', ...body }, requestId === 'refused');
  }

  legs(sagaNumber: number, ...legs: Partial<SettleLeg>[]): number {
    const steps = legs.map((change, step) => ({
      sagaNumber,
      step,
      phase: 'action' as const,
      action: { kind: 'SettleLeg' as const, leg: { ...LEG, tradeNumber: sagaNumber, ...change } },
    }));
    return this.run({ kind: 'ExecuteSteps', originShard: 'trading/0', finishedBelow: 0, steps });
  }

  reverse(sagaNumber: number): number {
    const action = { kind: 'ReverseLeg' as const, tradeNumber: sagaNumber };
    const steps = [{ sagaNumber, step: 0, phase: 'compensation' as const, action }];
    return this.run({ kind: 'ExecuteSteps', originShard: 'trading/0', finishedBelow: 0, steps });
  }
}

const LEG: SettleLeg = {
  tradeNumber: 1,
  account: 'alice.main',
  side: 'buy',
  baseAsset: 'AMZN',
  baseMinor: 2n,
  quoteAsset: 'USD',
  quoteMinor: 5_000n,
  feeMinor: 3n,
};

function aDay(): { day: Day; afterFunding: number } {
  const day = new Day();
  day.transfer(true, 'd-1', 'alice.main', 'USD', 20_000n);
  const afterFunding = day.transfer(true, 'd-2', 'bob.main', 'AMZN', 4n);
  day.legs(1, {}, { account: 'bob.main', side: 'sell' });
  day.legs(2, {});
  day.reverse(2);
  day.transfer(false, 'w-1', 'alice.main', 'USD', 1_000n);
  day.transfer(false, 'refused', 'alice.main', 'USD', 1n);
  return { day, afterFunding };
}

describe("clearing's read models", () => {
  let place: string;
  let postgres: EmbeddedPostgres;
  let pool: Pool;

  beforeAll(async () => {
    place = await temporaryHome('clearway-read-models-');
    postgres = await startEmbeddedPostgres({ dataDir: join(place, 'data'), log: SILENT });
    pool = createPool(postgres.url, { max: 2, applicationName: 'read-models-spec' });
  }, 60_000);

  afterAll(async () => {
    await pool?.end();
    await postgres?.stop();
    rmSync(place, { recursive: true, force: true });
  });

  async function project(day: Day, batchSize: number): Promise<LedgerQueries> {
    await pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await migrate({ url: postgres.url, migrations: clearingMigrations });
    const client = await pool.connect();
    for (let from = 0; from < day.events.length; from += batchSize)
      await projectReadModel(client, SHARD, day.events.slice(from, from + batchSize));
    client.release();
    return new LedgerQueries(pool, SHARD);
  }

  it.each([1, 3, 1_000])('show what the machine knows, in batches of %d events', async (batchSize) => {
    const { day } = aDay();
    await project(day, batchSize);
    const { rows } = await pool.query(
      'SELECT owner, asset, purpose, debits_minor, credits_minor FROM ledger_balances WHERE shard = $1',
      [SHARD],
    );
    const byKey = (row: { owner: string; asset: string; purpose: string }) =>
      `${row.owner} ${row.asset} ${row.purpose}`;
    const projected = rows.map((row) => [byKey(row), BigInt(row.debits_minor), BigInt(row.credits_minor)]);
    const live = ledgerBalances(day.state).map((each) => [byKey(each), each.debitsMinor, each.creditsMinor]);
    expect(new Map(projected.map((row) => [row[0], row]))).toEqual(new Map(live.map((row) => [row[0], row])));
  });

  it('refuse an entry that is there already', async () => {
    const { day } = aDay();
    await project(day, 1_000);
    const settled = day.events.filter(({ event }) => event.kind === 'LegSettled').slice(0, 1);
    const client = await pool.connect();
    await expect(projectReadModel(client, SHARD, settled)).rejects.toMatchObject({
      constraint: 'ledger_postings_by_entry',
    });
    client.release();
  });

  it('find balances by their key, however many there are and before the table was ever analysed', async () => {
    await project(aDay().day, 1_000);
    await pool.query('ALTER TABLE ledger_balances SET (autovacuum_enabled = false)');
    await pool.query(
      `INSERT INTO ledger_balances SELECT $1, 'a' || n, 'CUSTOMER', 'USD', 0, n FROM generate_series(1, 50000) n`,
      [SHARD],
    );
    const owners = Array.from({ length: 2_000 }, (_, index) => `a${index}`);
    const keys = [owners, owners.map(() => 'CUSTOMER'), owners.map(() => 'USD')];
    const plan = await pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${LOAD_BALANCES}`, [SHARD, ...keys]);
    const lines = plan.rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(lines).toMatch(
      /Index Cond: \(\(shard = .*\) AND \(owner = .*\) AND \(purpose = .*\) AND \(asset = .*\)\)/,
    );
    expect(lines).not.toMatch(/Seq Scan|Hash Join|Merge Join/);
  });

  it('give a statement with running balances, page by page', async () => {
    const { day } = aDay();
    const queries = await project(day, 2);
    const query = { account: 'alice.main', asset: 'USD', after: { entryNumber: 0, line: 0 }, linesMax: 3 };
    const first = await queries.statement(query);
    const last = first.at(-1);
    const second = await queries.statement({ ...query, after: last ?? query.after });
    const lines = [...first, ...second].map(({ kind, reference, balanceMinor }) => [
      kind,
      reference,
      balanceMinor,
    ]);
    expect(lines).toEqual([
      ['DEPOSIT', 'clearing/0#1', 20_000n],
      ['SETTLEMENT', 'trading/0#1', 14_997n],
      ['SETTLEMENT', 'trading/0#2', 9_994n],
      ['REVERSAL', 'trading/0#2', 14_997n],
      ['WITHDRAWAL', 'clearing/0#3', 13_997n],
    ]);
  });

  it('give balances as of any moment', async () => {
    const { day, afterFunding } = aDay();
    const queries = await project(day, 1_000);
    expect(await queries.balancesAsOf('alice.main', START_MICROS)).toEqual([]);
    expect(await queries.balancesAsOf('alice.main', afterFunding)).toEqual([
      { asset: 'USD', amountMinor: 20_000n },
    ]);
    expect(await queries.balancesAsOf('alice.main', afterFunding + 60_000_000)).toEqual([
      { asset: 'AMZN', amountMinor: 2n },
      { asset: 'USD', amountMinor: 13_997n },
    ]);
  });

  it('give every transfer as the machine knows it', async () => {
    const { day } = aDay();
    const queries = await project(day, 3);
    for (const transfer of day.state.transfers.all())
      expect(await queries.findTransfer(transfer.account, transfer.requestId)).toEqual(transfer);
    expect(await queries.findTransfer('alice.main', 'never')).toBeUndefined();
  });
});
