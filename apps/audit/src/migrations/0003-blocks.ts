import type { Migration } from '@clearway/platform-postgres';

/**
 * Entries are found by blocks instead of by rows of their own: a row of audit_blocks says which keys occur among up to 1,024
 * consecutive leaves, and the entries themselves are read from audit's journal, where they stand anyhow (ADR 9). All of it is filled
 * from the journal again, under the projection's new name.
 */
export const blocks: Migration = {
  id: 'audit-0003-blocks',
  sql: `
DROP TABLE audit_entries, audit_subjects, audit_pending_subjects;
DROP FUNCTION ensure_audit_partition(bigint);
TRUNCATE audit_entries_head, audit_tiles, audit_batches, audit_checkpoints, audit_archived;

CREATE TABLE audit_blocks (
  first_leaf bigint NOT NULL CHECK (first_leaf >= 0),
  last_leaf bigint NOT NULL CHECK (last_leaf >= first_leaf),
  entries integer NOT NULL CHECK (entries >= 0),
  from_micros bigint NOT NULL,
  to_micros bigint NOT NULL CHECK (to_micros >= from_micros),
  keys bigint[] NOT NULL,
  sources text[] NOT NULL,
  event_counts bigint[] NOT NULL,
  first_events bigint[] NOT NULL,
  last_events bigint[] NOT NULL,
  event_sums numeric[] NOT NULL,
  PRIMARY KEY (first_leaf, entries, from_micros)
) PARTITION BY RANGE (from_micros);
ALTER TABLE audit_blocks ALTER COLUMN keys SET STORAGE EXTERNAL;
CREATE INDEX audit_blocks_by_key ON audit_blocks USING gin (keys);
CREATE INDEX audit_blocks_by_time ON audit_blocks USING brin (from_micros, to_micros);
COMMENT ON TABLE audit_blocks IS 'What the leaves from the first to the last are found by: a read model, rebuilt from the journal of audit.';
COMMENT ON COLUMN audit_blocks.keys IS 'Hashes of the search keys of these leaves, each once; see entry-keys.ts.';
COMMENT ON COLUMN audit_blocks.entries IS 'Leaves that the row counts; 0 for keys of a leaf that became known after its row was written.';

CREATE TABLE audit_subjects (
  series text NOT NULL,
  page bigint NOT NULL,
  subjects text NOT NULL,
  at_micros bigint NOT NULL,
  PRIMARY KEY (series, page)
);
COMMENT ON TABLE audit_subjects IS 'Whose orders, trades, sagas and transfers they are, as the events that began them say: 256 of a series a row.';

CREATE TABLE audit_pending_subjects (
  ref text NOT NULL,
  leaf_index bigint NOT NULL,
  at_micros bigint NOT NULL,
  keys bigint[] NOT NULL,
  needs_account boolean NOT NULL,
  PRIMARY KEY (ref, leaf_index)
);
COMMENT ON TABLE audit_pending_subjects IS 'Entries that came before the event that says whose they are: sources are followed side by side.';

CREATE FUNCTION ensure_audit_partition(micros bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  month timestamp := date_trunc('month', to_timestamp(micros / 1000000.0) AT TIME ZONE 'UTC');
  partition_name text := 'audit_blocks_' || to_char(month, 'YYYY_MM');
  from_micros bigint := (extract(epoch FROM month) * 1000000)::bigint;
  to_micros bigint := (extract(epoch FROM month + interval '1 month') * 1000000)::bigint;
BEGIN
  IF micros IS NULL OR month < timestamp '1970-01-01' OR month >= timestamp '2256-01-01' THEN
    RAISE EXCEPTION 'no partition for %: it lies outside 1970 to 2255', micros USING ERRCODE = '22008';
  END IF;
  IF to_regclass('public.' || partition_name) IS NULL THEN
    PERFORM pg_advisory_xact_lock(7261003);
    BEGIN
      EXECUTE format('CREATE TABLE public.%I (LIKE public.audit_blocks INCLUDING ALL)', partition_name);
      EXECUTE format('ALTER TABLE public.audit_blocks ATTACH PARTITION public.%I FOR VALUES FROM (%s) TO (%s)',
        partition_name, from_micros, to_micros);
    EXCEPTION WHEN duplicate_table THEN
      NULL; -- Another session created and attached it while this one waited for the lock.
    END;
  END IF;
  RETURN partition_name;
END
$$;
COMMENT ON FUNCTION ensure_audit_partition IS 'Creates the month''s partition of audit_blocks that a time belongs to.';
`,
};
