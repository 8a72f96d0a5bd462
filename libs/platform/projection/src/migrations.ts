/** The table of cursors, for every database that holds read models. */
export const projectionMigrations: readonly { readonly id: string; readonly sql: string }[] = [
  {
    id: 'projection-0001-cursors',
    sql: `
CREATE TABLE projection_cursors (
  name text NOT NULL,
  shard text NOT NULL,
  next_event bigint NOT NULL CHECK (next_event >= 0),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (name, shard)
) WITH (fillfactor = 50);
COMMENT ON TABLE projection_cursors IS 'How far each read model has applied each journal; moved with the rows it wrote.';
`,
  },
];
