import { CompactRange } from './compact-range';
import { leafHash } from './merkle-hash';
import { placesOf, planConsistency, planInclusion } from './merkle-proof';
import { NodeMemory } from './node-memory';
import { hashAtFromTiles, openTilesOf, type Tile, TileAppender, tilesOf } from './tiles';

const SIZES = [0, 1, 2, 255, 256, 257, 511, 513, 1_000, 65_535, 65_536, 65_537, 70_001];
const leaf = (i: number): Uint8Array => leafHash(Buffer.from(`${i}`));

/** Appends in uneven steps and keeps the tiles as a table would. */
function storeTiles(size: number, step: number): Map<string, Tile> {
  const table = new Map<string, Tile>();
  for (let at = 0; at < size; at += step) {
    const open = openTilesOf(at).map(({ level, index }) => table.get(`${level}/${index}`) as Tile);
    const appender = new TileAppender(at, open);
    const count = Math.min(step, size - at);
    appender.append(Buffer.concat(Array.from({ length: count }, (_, i) => leaf(at + i))));
    for (const tile of appender.tiles())
      table.set(`${tile.level}/${tile.index}`, { ...tile, hashes: tile.hashes.slice() });
  }
  return table;
}

it.each(SIZES)('gives every node that proofs in a tree of %d leaves read', (size) => {
  const memory = new NodeMemory();
  const range = new CompactRange();
  for (let i = 0; i < size; i++) range.append(leaf(i), memory.sink);
  const table = storeTiles(size, 977);
  const plans = [0, 1, 255, 256, size - 2, size - 1]
    .filter((i) => i >= 0 && i < size)
    .flatMap((i) => [planInclusion(i, size), planConsistency(i, size)]);
  for (const places of plans.map(placesOf)) {
    const tiles = tilesOf(places).map(({ level, index }) => table.get(`${level}/${index}`) as Tile);
    const hashAt = hashAtFromTiles(tiles);
    for (const { level, index } of places)
      expect(Buffer.from(hashAt(level, index))).toEqual(Buffer.from(memory.hashAt(level, index)));
    expect(tiles.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(size + 1)));
  }
});

it('refuses to go on from a tile that is missing or cut', () => {
  const table = storeTiles(300, 300);
  const open = openTilesOf(300).map(({ level, index }) => table.get(`${level}/${index}`) as Tile);
  expect(() => new TileAppender(300, open)).not.toThrow();
  expect(() => new TileAppender(300, open.slice(1))).toThrow(RangeError);
  expect(() => new TileAppender(301, open)).toThrow(RangeError);
  expect(() => hashAtFromTiles(open)(0, 44 + 256)).toThrow('no node (0, 300)');
});
