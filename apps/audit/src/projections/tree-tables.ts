import {
  type CheckpointRecorded,
  type LeavesAppended,
  openTilesOf,
  type Tile,
  TileAppender,
  type TilePlace,
} from '@clearway/domain-audit';
import type { JournaledEvent } from '@clearway/platform-journal';
import { plainArray } from '@clearway/platform-projection';
import type { ClientBase, Pool } from 'pg';

/** A batch of leaves, where it stands in audit's journal, and the index of its first leaf. */
export interface PlacedLeaves {
  readonly journalEvent: number;
  readonly firstLeaf: number;
  readonly event: LeavesAppended;
}

/** Stores the hashes of appended leaves; the tree had `size` leaves before them. */
export async function storeTiles(
  client: ClientBase,
  auditShard: string,
  size: number,
  batches: readonly PlacedLeaves[],
): Promise<void> {
  const appender = new TileAppender(size, await readTiles(client, auditShard, openTilesOf(size)));
  for (const { event } of batches) appender.append(event.leafHashes);
  const tiles = appender.tiles();
  await client.query({
    name: 'store-audit-tiles',
    text: STORE_TILES,
    values: [
      auditShard,
      plainArray(tiles.map(({ level }) => level)),
      plainArray(tiles.map(({ index }) => index)),
      plainArray(tiles.map(({ hashes }) => hashes.length)),
      Buffer.concat(tiles.map(({ hashes }) => hashes)),
    ],
  });
}

/** Remembers where in the journal each batch's leaves stand. */
export async function storeBatches(
  client: ClientBase,
  auditShard: string,
  batches: readonly PlacedLeaves[],
): Promise<void> {
  await client.query({
    name: 'store-audit-batches',
    text: STORE_BATCHES,
    values: [
      auditShard,
      batches.map(({ firstLeaf }) => firstLeaf),
      batches.map(({ event }) => event.sourceShard),
      batches.map(({ event }) => event.firstEvent),
      batches.map(({ journalEvent }) => journalEvent),
    ],
  });
}

/** Stores signed checkpoints so that they can be listed. */
export async function storeCheckpoints(
  client: ClientBase,
  auditShard: string,
  events: readonly JournaledEvent<CheckpointRecorded>[],
): Promise<void> {
  if (events.length === 0) return;
  await client.query(STORE_CHECKPOINTS, [
    auditShard,
    events.map(({ event }) => event.size),
    events.map(({ context }) => context.atMicros),
    events.map(({ event }) => event.rootHash),
    events.map(({ event }) => event.note),
  ]);
}

/** Reads tiles in one statement. A tile that does not exist yet is left out. */
export async function readTiles(
  client: Pick<ClientBase | Pool, 'query'>,
  auditShard: string,
  places: readonly TilePlace[],
): Promise<Tile[]> {
  if (places.length === 0) return [];
  const { rows } = await client.query<{ level: number; tile: string; hashes: Buffer }>({
    name: 'read-audit-tiles',
    text: READ_TILES,
    values: [auditShard, places.map(({ level }) => level), places.map(({ index }) => index)],
  });
  return rows.map(({ level, tile, hashes }) => ({ level, index: Number(tile), hashes }));
}

/** The hashes of all tiles come as one value: an array of values would come as text, each byte as two digits. */
const STORE_TILES = `
  INSERT INTO audit_tiles (shard, level, tile, hashes)
  SELECT $1, level, tile, substring($5::bytea FROM (ends - bytes + 1)::integer FOR bytes)
  FROM (
    SELECT *, sum(bytes) OVER (ORDER BY place) AS ends
    FROM unnest($2::smallint[], $3::bigint[], $4::integer[]) WITH ORDINALITY AS tiles (level, tile, bytes, place)
  ) AS placed
  ON CONFLICT (shard, level, tile) DO UPDATE SET hashes = excluded.hashes`;

const STORE_BATCHES = `
  INSERT INTO audit_batches (shard, first_leaf, source_shard, first_event, journal_event)
  SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[])`;

const STORE_CHECKPOINTS = `
  INSERT INTO audit_checkpoints (shard, tree_size, recorded_at_micros, root_hash, note)
  SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::text[])
  ON CONFLICT (shard, tree_size) DO NOTHING`;

const READ_TILES = `
  SELECT level, tile, hashes FROM audit_tiles
  JOIN unnest($2::smallint[], $3::bigint[]) AS wanted (wanted_level, wanted_tile)
    ON level = wanted_level AND tile = wanted_tile
  WHERE shard = $1`;
