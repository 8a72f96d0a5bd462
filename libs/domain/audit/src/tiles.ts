import { HASH_BYTES, nodeHashInto } from './merkle-hash';
import type { HashAt, NodePlace } from './merkle-proof';

/** A tile spans this many levels of the tree, as in c2sp.org/tlog-tiles: one row of a table instead of 511 of them. */
export const TILE_HEIGHT = 8;

/** The most hashes that a tile holds. */
export const TILE_HASHES = 2 ** TILE_HEIGHT;

/**
 * The place of a tile: it holds, left to right, the hashes of the nodes (level × 8, index × 256 + i), as many as are complete,
 * and at most 256. All nodes between are computed from these.
 */
export interface TilePlace {
  readonly level: number;
  readonly index: number;
}

/** A tile and its hashes, 1 to 256 × 32 bytes. */
export interface Tile extends TilePlace {
  readonly hashes: Uint8Array;
}

/** The tile whose hashes give a node. */
export function tileOf({ level, index }: NodePlace): TilePlace {
  const width = 2 ** (level % TILE_HEIGHT);
  return { level: Math.floor(level / TILE_HEIGHT), index: Math.floor((index * width) / TILE_HASHES) };
}

/** The tiles that give all these nodes, each once. */
export function tilesOf(places: readonly NodePlace[]): TilePlace[] {
  const tiles = new Map(places.map(tileOf).map((tile) => [keyOf(tile), tile]));
  return [...tiles.values()];
}

/** Reads nodes out of tiles. It throws RangeError for a node that they do not give. */
export function hashAtFromTiles(tiles: readonly Tile[]): HashAt {
  const known = new Map(tiles.map((tile) => [keyOf(tile), tile.hashes]));
  return (level, index) => {
    const width = 2 ** (level % TILE_HEIGHT);
    const hashes = known.get(keyOf(tileOf({ level, index })));
    const first = (index * width) % TILE_HASHES;
    const covered = hashes?.subarray(first * HASH_BYTES, (first + width) * HASH_BYTES);
    if (covered?.length !== width * HASH_BYTES) throw new RangeError(`no node (${level}, ${index})`);
    return completeRoot(covered);
  };
}

/** The places of the tiles that a tree of this size has begun and not filled: what appending to it goes on from. */
export function openTilesOf(size: number): TilePlace[] {
  const open: TilePlace[] = [];
  for (let level = 0, nodes = size; nodes > 0; level++, nodes = Math.floor(nodes / TILE_HASHES)) {
    if (nodes % TILE_HASHES > 0) open.push({ level, index: Math.floor(nodes / TILE_HASHES) });
  }
  return open;
}

/** Puts leaves into tiles and tells which tiles changed. Amortised: one inner hash a leaf. */
export class TileAppender {
  readonly #open = new Map<number, OpenTile>();
  readonly #full: Tile[] = [];

  /** Goes on at a size, with the tiles of `openTilesOf(size)`. Throws RangeError when one is missing or of another length. */
  constructor(size: number, openTiles: readonly Tile[]) {
    const known = new Map(openTiles.map((tile) => [keyOf(tile), tile.hashes]));
    for (let level = 0, nodes = size; nodes > 0; level++, nodes = Math.floor(nodes / TILE_HASHES)) {
      const [index, count] = [Math.floor(nodes / TILE_HASHES), nodes % TILE_HASHES];
      const hashes = Buffer.alloc(TILE_HASHES * HASH_BYTES);
      const stored = count === 0 ? new Uint8Array(0) : known.get(keyOf({ level, index }));
      if (stored?.length !== count * HASH_BYTES)
        throw new RangeError(`tile (${level}, ${index}) does not hold ${count} hashes`);
      hashes.set(stored);
      this.#open.set(level, { index, hashes, count });
    }
  }

  /** Appends n leaf hashes given as n × 32 concatenated bytes. */
  append(leafHashes: Uint8Array): void {
    for (let at = 0; at < leafHashes.length; ) {
      const room = (TILE_HASHES - this.#tileAt(0).count) * HASH_BYTES;
      this.#push(0, leafHashes.subarray(at, at + room));
      at += room;
    }
  }

  /** The tiles as they are to be stored: those that became full, and those that are open. */
  tiles(): Tile[] {
    const open = [...this.#open]
      .filter(([, { count }]) => count > 0)
      .map(([level, { index, hashes, count }]) => {
        return { level, index, hashes: hashes.subarray(0, count * HASH_BYTES) };
      });
    return [...this.#full, ...open];
  }

  /** Adds hashes to a level's open tile, at most as many as it has room for. */
  #push(level: number, hashes: Uint8Array): void {
    const tile = this.#tileAt(level);
    tile.hashes.set(hashes, tile.count * HASH_BYTES);
    tile.count += hashes.length / HASH_BYTES;
    if (tile.count < TILE_HASHES) return;
    this.#full.push({ level, index: tile.index, hashes: tile.hashes });
    this.#open.set(level, emptyTile(tile.index + 1));
    this.#push(level + 1, completeRoot(tile.hashes));
  }

  #tileAt(level: number): OpenTile {
    const known = this.#open.get(level);
    if (known !== undefined) return known;
    const tile = emptyTile(0);
    this.#open.set(level, tile);
    return tile;
  }
}

interface OpenTile {
  readonly index: number;
  readonly hashes: Buffer;
  count: number;
}

function emptyTile(index: number): OpenTile {
  return { index, hashes: Buffer.alloc(TILE_HASHES * HASH_BYTES), count: 0 };
}

/** The root over 2^n hashes. Each level is written over the one below it. */
function completeRoot(hashes: Uint8Array): Uint8Array {
  const row = new Uint8Array(hashes);
  for (let width = hashes.length / HASH_BYTES / 2; width >= 1; width /= 2) {
    for (let i = 0; i < width; i++)
      nodeHashInto(row, 2 * i * HASH_BYTES, row, (2 * i + 1) * HASH_BYTES, row, i * HASH_BYTES);
  }
  return row.subarray(0, HASH_BYTES);
}

function keyOf({ level, index }: TilePlace): string {
  return `${level}/${index}`;
}
