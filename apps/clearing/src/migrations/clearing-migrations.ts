import type { Migration } from '@clearway/platform-postgres';

/**
 * Tables of clearing's read models. They are made from the journal and may be dropped and made again; the ledger of record
 * is the journal. Append new entries; never change one that was released.
 */
export const clearingMigrations: readonly Migration[] = [
  {
    id: 'clearing-0001-read-models',
    sql: `
CREATE TABLE ledger_postings (
  shard text NOT NULL,
  entry_number bigint NOT NULL,
  line smallint NOT NULL,
  at_micros bigint NOT NULL,
  owner text NOT NULL,
  purpose text NOT NULL,
  asset text NOT NULL,
  side text NOT NULL CHECK (side IN ('debit', 'credit')),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  balance_minor bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('SETTLEMENT', 'REVERSAL', 'DEPOSIT', 'WITHDRAWAL')),
  reference text NOT NULL,
  PRIMARY KEY (shard, entry_number, line)
);
CREATE INDEX ledger_postings_by_customer ON ledger_postings (owner, asset, entry_number, line)
  WHERE purpose = 'CUSTOMER';
COMMENT ON TABLE ledger_postings IS 'Every posting with the balance of its account right after: statements and balances as of any moment.';
COMMENT ON COLUMN ledger_postings.balance_minor IS 'Credits less debits, in minor units of the asset.';

CREATE TABLE ledger_balances (
  shard text NOT NULL,
  owner text NOT NULL,
  purpose text NOT NULL,
  asset text NOT NULL,
  debits_minor bigint NOT NULL,
  credits_minor bigint NOT NULL,
  PRIMARY KEY (shard, owner, purpose, asset)
) WITH (fillfactor = 70);
COMMENT ON TABLE ledger_balances IS 'Totals of every ledger account, for reports.';

CREATE TABLE transfers (
  shard text NOT NULL,
  transfer_number bigint NOT NULL,
  saga_number bigint NOT NULL,
  deposit boolean NOT NULL,
  account text NOT NULL,
  request_id text NOT NULL,
  asset text NOT NULL,
  amount_minor bigint NOT NULL,
  bank_reference text NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'completed', 'refused')),
  reasons jsonb NOT NULL,
  requested_at_micros bigint NOT NULL,
  changed_at_micros bigint NOT NULL,
  PRIMARY KEY (shard, transfer_number),
  UNIQUE (account, request_id)
);
CREATE UNIQUE INDEX transfers_by_saga ON transfers (shard, saga_number);
COMMENT ON TABLE transfers IS 'Every deposit and withdrawal ever asked for; answers for keys that the machine has forgotten.';
`,
  },
  {
    id: 'clearing-0002-entries-are-unique-by-their-first-line',
    // Entries are written whole and never change, so that an index of one line of each tells a second writing as well as one of all lines.
    sql: `
ALTER TABLE ledger_postings DROP CONSTRAINT ledger_postings_pkey;
CREATE UNIQUE INDEX ledger_postings_by_entry ON ledger_postings (shard, entry_number) WHERE line = 0;
CREATE INDEX ledger_postings_near_entry ON ledger_postings USING brin (entry_number) WITH (autosummarize = on);
`,
  },
];
