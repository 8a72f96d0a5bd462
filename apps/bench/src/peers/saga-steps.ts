import type { Pool } from 'pg';

/** Who executes steps. */
export const PARTICIPANTS = ['risk', 'trading', 'clearing'] as const;

/** One of the three. */
export type Participant = (typeof PARTICIPANTS)[number];

/** The saga that both peers run: what an order goes through, reduced to one change of one account a step. */
export const STEPS = [
  { name: 'hold', participant: 'risk', amountMinor: -100 },
  { name: 'accept', participant: 'trading', amountMinor: 100 },
  { name: 'post', participant: 'clearing', amountMinor: 100 },
  { name: 'settle', participant: 'risk', amountMinor: 100 },
] as const satisfies readonly { name: string; participant: Participant; amountMinor: number }[];

/** A step to execute: `index` counts STEPS from 0. */
export interface StepOrder {
  readonly sagaId: string;
  readonly index: number;
  readonly account: number;
}

/** Accounts that steps are spread over, so that row locks are rarely waited for. */
export const ACCOUNTS = 1_000;

const SCHEMA = `
  CREATE TABLE saga_steps (saga_id uuid, step smallint, account integer NOT NULL, PRIMARY KEY (saga_id, step));
  CREATE TABLE balances (
    participant text, account integer, amount_minor bigint NOT NULL DEFAULT 0, PRIMARY KEY (participant, account)
  ) WITH (fillfactor = 50);
  CREATE TABLE sagas (saga_id uuid PRIMARY KEY, step smallint NOT NULL) WITH (fillfactor = 50);`;

/** Creates what both peers write to. */
export async function createTables(pool: Pool): Promise<void> {
  await pool.query(SCHEMA);
  for (const participant of PARTICIPANTS) {
    await pool.query(
      'INSERT INTO balances (participant, account) SELECT $1, account FROM generate_series(0, $2) AS account',
      [participant, ACCOUNTS - 1],
    );
  }
}

/** Executes a step once: its row and the account's balance, in one statement, which is the cheapest database transaction. */
export async function executeStep(pool: Pool, { sagaId, index, account }: StepOrder): Promise<void> {
  const step = STEPS[index];
  if (step === undefined) throw new Error(`the saga has no step ${index}`);
  await pool.query({
    name: 'execute-step',
    text: `WITH fresh AS (INSERT INTO saga_steps VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1)
      UPDATE balances SET amount_minor = amount_minor + $4
      WHERE participant = $5 AND account = $3 AND EXISTS (SELECT FROM fresh)`,
    values: [sagaId, index, account, step.amountMinor, step.participant],
  });
}

/** Throws unless exactly `sagas` sagas wrote all of their steps and the balances are what these add up to. */
export async function checkSagas(pool: Pool, sagas: number): Promise<void> {
  const { rows } = await pool.query<{ sagas: string; steps: string; total: string }>(`
    SELECT count(DISTINCT saga_id) AS sagas, count(*) AS steps,
      (SELECT sum(amount_minor) FROM balances) AS total FROM saga_steps`);
  const sum = STEPS.reduce((total, { amountMinor }) => total + amountMinor, 0);
  const wanted = [sagas, sagas * STEPS.length, sagas * sum];
  const found = [Number(rows[0]?.sagas), Number(rows[0]?.steps), Number(rows[0]?.total)];
  if (wanted.every((value, index) => value === found[index])) return;
  throw new Error(`the peer's rows (sagas, steps, total) are ${found.join(', ')}, not ${wanted.join(', ')}`);
}
