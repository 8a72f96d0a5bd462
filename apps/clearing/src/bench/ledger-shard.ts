import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ClearingCommand,
  type ClearingEvent,
  type ClearingOutcome,
  type ClearingOutput,
  type ClearingState,
  clearingMachine,
} from '@clearway/domain-clearing';
import { type CommandContextInput, Journal, journalMigrations } from '@clearway/platform-journal';
import {
  createDatabases,
  createPool,
  migrate,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import { projectionMigrations } from '@clearway/platform-projection';
import { openShard, type Shard } from '@clearway/platform-shard';
import type { Pool } from 'pg';
import { clearingEventCodec } from '../codec/clearing-event.codec';
import { clearingMigrations } from '../migrations/clearing-migrations';
import { accountAt, BASE_ASSET, QUOTE_ASSET } from './leg-flow';

/** Clearing's shard as the service opens it. */
export type LedgerShard = Shard<
  ClearingState,
  ClearingCommand,
  ClearingEvent,
  ClearingOutcome,
  ClearingOutput
>;

/** What the bench journals as its caller. */
export const CONTEXT: CommandContextInput = {
  actor: 'spiffe://clearway/svc/trading',
  address: '',
  device: '',
  traceparent: '',
  method: 'bench',
};

const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
/** Both far beyond what any run moves, and within 2^62. */
const FUNDS_MINOR = 1_000_000_000_000_000n;

/** Opens clearing's shard on a Postgres that is started for it and thrown away afterwards. */
export async function withLedgerShard<T>(
  accounts: number,
  work: (shard: LedgerShard, pool: Pool) => Promise<T>,
): Promise<T> {
  const dir = await temporaryHome('clearway-bench-ledger-');
  const postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), log: SILENT });
  try {
    const pool = await openDatabase(postgres.url);
    const shard = openLedger(pool);
    try {
      await shard.whenServing();
      await fund(shard, accounts);
      return await work(shard, pool);
    } finally {
      await shard.close();
      await pool.end();
    }
  } finally {
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function openDatabase(postgresUrl: string): Promise<Pool> {
  const passwords = { ownerPassword: 'owner', appPassword: 'app' };
  const [urls] = await createDatabases(postgresUrl, [{ service: 'clearing', ...passwords }]);
  if (urls === undefined) throw new Error('no database was made');
  const migrations = [...journalMigrations, ...projectionMigrations, ...clearingMigrations];
  await migrate({ url: urls.ownerUrl, migrations });
  return createPool(urls.appUrl, { max: 4, applicationName: 'bench-ledger' });
}

function openLedger(pool: Pool): LedgerShard {
  const shard = openShard<ClearingState, ClearingCommand, ClearingEvent, ClearingOutcome, ClearingOutput>({
    shardId: 'clearing/0',
    machine: clearingMachine,
    codec: clearingEventCodec,
    journal: new Journal(pool),
    owner: 'bench',
    clock: () => Date.now() * 1_000,
    log: SILENT,
    onFatal: (error) => {
      throw error;
    },
  });
  // Risk agrees to every deposit at once.
  shard.onOutputs((outputs) => {
    const answers = outputs.flatMap((output) =>
      output.kind === 'saga-call'
        ? [{ ...keyOf(output.call), status: 'succeeded' as const, result: new Uint8Array(0) }]
        : [],
    );
    if (answers.length > 0) void shard.submit({ kind: 'SagaAnswers', answers }, CONTEXT);
  });
  return shard;
}

function keyOf({ sagaNumber, step, phase }: Extract<ClearingOutput, { kind: 'saga-call' }>['call']) {
  return { sagaNumber, step, phase };
}

async function fund(shard: LedgerShard, accounts: number): Promise<void> {
  const deposits = Array.from({ length: accounts }, (_, index) => accountAt(index)).flatMap((account) =>
    [BASE_ASSET, QUOTE_ASSET].map(
      (asset): ClearingCommand => ({
        kind: 'RequestTransfer',
        deposit: true,
        account,
        requestId: `fund-${asset}`,
        asset,
        amountMinor: FUNDS_MINOR,
        bankReference: '',
      }),
    ),
  );
  await shard.submitMany(deposits, CONTEXT);
}
