import type { Migration } from '@clearway/platform-postgres';

/**
 * What proofs are made from, and what entries are found by beyond what their events name. The tables are filled from the
 * journal, so the read model is built anew: its projection has a new name, and its first table is emptied.
 */
export const proofsAndSubjects: Migration = {
  id: 'audit-0002-proofs-and-subjects',
  sql: `
TRUNCATE audit_entries, audit_entries_head;
ALTER TABLE audit_entries
  ADD COLUMN other_account text NOT NULL DEFAULT '',
  ADD COLUMN order_ref text NOT NULL DEFAULT '',
  ADD COLUMN other_order_ref text NOT NULL DEFAULT '',
  ADD COLUMN participant text NOT NULL DEFAULT '',
  ADD COLUMN other_participant text NOT NULL DEFAULT '';
COMMENT ON COLUMN audit_entries.other_account IS 'The other side of a trade; empty when there is none.';
COMMENT ON COLUMN audit_entries.order_ref IS 'Order that the entry is about, SHARD:NUMBER; empty when it is about none.';

CREATE INDEX audit_entries_by_other_account ON audit_entries (other_account, leaf_index) WHERE other_account <> '';
CREATE INDEX audit_entries_by_order ON audit_entries (order_ref, leaf_index) WHERE order_ref <> '';
CREATE INDEX audit_entries_by_other_order ON audit_entries (other_order_ref, leaf_index) WHERE other_order_ref <> '';
CREATE INDEX audit_entries_by_participant ON audit_entries (participant, leaf_index) WHERE participant <> '';
CREATE INDEX audit_entries_by_other_participant ON audit_entries (other_participant, leaf_index)
  WHERE other_participant <> '';
CREATE INDEX audit_entries_by_time ON audit_entries USING brin (at_micros);

CREATE TABLE audit_tiles (
  shard text NOT NULL,
  level smallint NOT NULL,
  tile bigint NOT NULL,
  hashes bytea NOT NULL CHECK (octet_length(hashes) % 32 = 0 AND octet_length(hashes) BETWEEN 32 AND 8192),
  PRIMARY KEY (shard, level, tile)
);
ALTER TABLE audit_tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;
COMMENT ON TABLE audit_tiles IS 'Hashes of the tree in tiles of height 8 (c2sp.org/tlog-tiles): what proofs are made from.';

CREATE TABLE audit_batches (
  shard text NOT NULL,
  first_leaf bigint NOT NULL,
  source_shard text NOT NULL,
  first_event bigint NOT NULL,
  journal_event bigint NOT NULL,
  PRIMARY KEY (shard, first_leaf)
);
CREATE INDEX audit_batches_by_source ON audit_batches (source_shard, first_event);
COMMENT ON TABLE audit_batches IS 'Where in the journal of audit the leaves stand, and which event of a source is which leaf.';

CREATE TABLE audit_checkpoints (
  shard text NOT NULL,
  tree_size bigint NOT NULL,
  recorded_at_micros bigint NOT NULL,
  root_hash bytea NOT NULL CHECK (octet_length(root_hash) = 32),
  note text NOT NULL,
  PRIMARY KEY (shard, tree_size)
);

CREATE TABLE audit_subjects (
  ref text PRIMARY KEY,
  account text NOT NULL,
  other_account text NOT NULL,
  order_ref text NOT NULL,
  other_order_ref text NOT NULL,
  at_micros bigint NOT NULL
);
COMMENT ON TABLE audit_subjects IS 'Whose order, trade, saga or transfer it is, as the event that began it says.';

CREATE TABLE audit_pending_subjects (
  ref text NOT NULL,
  leaf_index bigint NOT NULL,
  at_micros bigint NOT NULL,
  PRIMARY KEY (ref, leaf_index)
);
COMMENT ON TABLE audit_pending_subjects IS 'Entries that came before the event that says whose they are: sources are followed side by side.';

CREATE TABLE audit_archived (
  partition_name text NOT NULL,
  source_shard text NOT NULL,
  rows bigint NOT NULL,
  first_event bigint NOT NULL,
  last_event bigint NOT NULL,
  event_sum numeric NOT NULL,
  file text NOT NULL,
  archived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (partition_name, source_shard)
);
COMMENT ON TABLE audit_archived IS 'Months that were exported and dropped: how many events of each source they held.';
`,
};
