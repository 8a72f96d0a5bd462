import type { Migration } from '@clearway/platform-postgres';

/**
 * The searchable side of the log: one row per leaf, in monthly partitions, so that years are dropped or moved whole. The role
 * that the service works as may not create tables; it calls ensure_audit_partition, which runs as the owner and creates one
 * month's partition and nothing else. Every time that a leaf may have (a safe integer of microseconds) has a month.
 */
export const auditEntries: Migration = {
  id: 'audit-0001-entries',
  sql: `
CREATE TABLE audit_entries (
  leaf_index bigint NOT NULL CHECK (leaf_index >= 0),
  at_micros bigint NOT NULL,
  shard text NOT NULL,
  event_number bigint NOT NULL CHECK (event_number >= 0),
  actor text NOT NULL,
  action text NOT NULL,
  resource text NOT NULL,
  address text NOT NULL,
  device text NOT NULL,
  result text NOT NULL CHECK (result IN ('ACCEPTED', 'REFUSED', 'RECORDED')),
  account text NOT NULL,
  trace_id text NOT NULL,
  method text NOT NULL,
  detail_json text NOT NULL,
  leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
  risk_score smallint NOT NULL DEFAULT 0 CHECK (risk_score BETWEEN 0 AND 100),
  PRIMARY KEY (leaf_index, at_micros)
) PARTITION BY RANGE (at_micros);
COMMENT ON TABLE audit_entries IS 'One row per leaf of the tree: a read model, rebuilt from the journal of audit.';

CREATE INDEX audit_entries_by_account ON audit_entries (account, leaf_index) WHERE account <> '';
CREATE INDEX audit_entries_by_resource ON audit_entries (resource, leaf_index) WHERE resource <> '';
CREATE INDEX audit_entries_by_trace ON audit_entries (trace_id, leaf_index) WHERE trace_id <> '';
CREATE INDEX audit_entries_by_actor ON audit_entries (actor, leaf_index);
CREATE INDEX audit_entries_by_action ON audit_entries (action);

CREATE TABLE audit_entries_head (
  shard text PRIMARY KEY,
  next_leaf bigint NOT NULL CHECK (next_leaf >= 0)
);
COMMENT ON TABLE audit_entries_head IS 'How many leaves of a tree are in audit_entries: the index of the next one.';

CREATE FUNCTION ensure_audit_partition(micros bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  month timestamp := date_trunc('month', to_timestamp(micros / 1000000.0) AT TIME ZONE 'UTC');
  partition_name text := 'audit_entries_' || to_char(month, 'YYYY_MM');
  from_micros bigint := (extract(epoch FROM month) * 1000000)::bigint;
  to_micros bigint := (extract(epoch FROM month + interval '1 month') * 1000000)::bigint;
BEGIN
  IF micros IS NULL OR month < timestamp '1970-01-01' OR month >= timestamp '2256-01-01' THEN
    RAISE EXCEPTION 'no partition for %: it lies outside 1970 to 2255', micros USING ERRCODE = '22008';
  END IF;
  IF to_regclass('public.' || partition_name) IS NULL THEN
    PERFORM pg_advisory_xact_lock(7261003);
    BEGIN
      EXECUTE format('CREATE TABLE public.%I (LIKE public.audit_entries INCLUDING ALL)', partition_name);
      EXECUTE format('ALTER TABLE public.audit_entries ATTACH PARTITION public.%I FOR VALUES FROM (%s) TO (%s)',
        partition_name, from_micros, to_micros);
    EXCEPTION WHEN duplicate_table THEN
      NULL; -- Another session created and attached it while this one waited for the lock.
    END;
  END IF;
  RETURN partition_name;
END
$$;
COMMENT ON FUNCTION ensure_audit_partition IS 'Creates the month''s partition of audit_entries that a time belongs to.';
`,
};
