/** The tables of shards over processes, for every service's own database. Append new entries; never change a released one. */
export const shardingMigrations: readonly { readonly id: string; readonly sql: string }[] = [
  {
    id: 'sharding-0001-members',
    sql: `
CREATE TABLE shard_settings (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  shard_count integer NOT NULL CHECK (shard_count BETWEEN 1 AND 64),
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE shard_settings IS 'How many logical shards the service has: keys belong to shards by it, so it outlives every process.';

CREATE TABLE shard_members (
  instance text PRIMARY KEY,
  address text NOT NULL,
  serving integer[] NOT NULL,
  joined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE shard_members IS 'Running processes, where they are reached and what they serve. Leases say who may write; this only says who is where.';
`,
  },
];
