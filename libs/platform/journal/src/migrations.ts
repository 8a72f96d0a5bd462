/**
 * The journal's tables, for every service's own database. Append new entries; never change one that was released. The
 * payload is kept uncompressed on purpose: Protobuf of small events hardly shrinks, and compression would be on the hot path.
 */
export const journalMigrations: readonly { readonly id: string; readonly sql: string }[] = [
  {
    id: 'journal-0001-tables',
    sql: `
CREATE TABLE journal_batches (
  shard text NOT NULL,
  seq bigint NOT NULL CHECK (seq > 0),
  epoch bigint NOT NULL CHECK (epoch > 0),
  first_event bigint NOT NULL CHECK (first_event >= 0),
  event_count integer NOT NULL CHECK (event_count > 0),
  payload bytea NOT NULL,
  crc32c bigint NOT NULL,
  written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (shard, seq)
);
ALTER TABLE journal_batches ALTER COLUMN payload SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX journal_batches_by_event ON journal_batches (shard, first_event);
COMMENT ON TABLE journal_batches IS 'One row per commit of a shard: the source of truth. Rows are never changed.';

CREATE TABLE journal_leases (
  shard text PRIMARY KEY,
  owner text NOT NULL,
  epoch bigint NOT NULL CHECK (epoch > 0),
  expires_at timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE journal_leases IS 'Who may append to a shard. Each new owner raises the epoch, which fences the one before.';

CREATE TABLE journal_snapshots (
  shard text NOT NULL,
  next_event bigint NOT NULL CHECK (next_event >= 0),
  next_seq bigint NOT NULL CHECK (next_seq > 0),
  last_micros bigint NOT NULL,
  machine text NOT NULL,
  state bytea NOT NULL,
  state_hash bytea NOT NULL CHECK (octet_length(state_hash) = 32),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (shard, next_event)
);
COMMENT ON TABLE journal_snapshots IS 'States by position, with their SHA-256, so that recovery replays only the tail.';
`,
  },
  {
    id: 'journal-0002-append-only',
    sql: `
DO $$
DECLARE
  role_name name;
BEGIN
  FOR role_name IN
    SELECT DISTINCT pg_get_userbyid(entry.grantee)
    FROM pg_class, aclexplode(relacl) AS entry
    WHERE oid = 'journal_batches'::regclass AND entry.grantee NOT IN (0, relowner)
  LOOP
    EXECUTE format('REVOKE UPDATE, DELETE ON journal_batches FROM %I', role_name);
    EXECUTE format('REVOKE DELETE ON journal_leases FROM %I', role_name);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON schema_migrations FROM %I', role_name);
  END LOOP;
END
$$;
`,
  },
  {
    // Compressing 17 MB kept a Postgres process busy for a third of a second, beside those that commit orders.
    id: 'journal-0003-snapshots-uncompressed',
    sql: `ALTER TABLE journal_snapshots ALTER COLUMN state SET STORAGE EXTERNAL;`,
  },
  {
    // Whoever stores a state compresses it, which Postgres shall not try again. An older build's insert leaves the default.
    id: 'journal-0004-snapshot-encoding',
    sql: `
ALTER TABLE journal_snapshots ADD COLUMN encoding text NOT NULL DEFAULT 'plain' CHECK (encoding IN ('plain', 'zstd'));
COMMENT ON COLUMN journal_snapshots.encoding IS 'How state is stored. state_hash is of the state itself, whatever it is stored as.';
`,
  },
];
