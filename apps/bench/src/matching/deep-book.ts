import { SeededRandom } from './seeded-random';
import { MESSAGE, Workload } from './workload';

const MIDDLE_TICKS = 1_000_000;
const OWNERS = 1_000;

/** The messages that build a deep book and those that are then measured on it. */
export interface DeepBook {
  readonly setup: Workload;
  readonly measured: Workload;
}

/**
 * A book that stands deep: one order at every second tick on both sides, entered in an order that jumps about. Then four
 * things by turns: a price that nobody had appears somewhere deep, goes again, the best price is improved, and is hit.
 */
export function deepBook(levelsPerSide: number, messages: number, seed: number): DeepBook {
  const random = new SeededRandom(seed);
  const setup = new Workload(levelsPerSide * 2);
  for (let i = 0; i < levelsPerSide; i++) {
    const away = 2 * (1 + ((i * 7_919) % levelsPerSide));
    setup.set(2 * i, MESSAGE.new, 0, 0, 10, 2 * i + 1, MIDDLE_TICKS - away, ownerOf(2 * i));
    setup.set(2 * i + 1, MESSAGE.new, 1, 0, 10, 2 * i + 2, MIDDLE_TICKS + away, ownerOf(2 * i + 1));
  }
  const measured = new Workload(messages);
  const firstId = levelsPerSide * 2 + 1;
  for (let i = 0; i < messages; i++) writeTurn(measured, i, firstId, levelsPerSide, random);
  return { setup, measured };
}

function writeTurn(
  measured: Workload,
  i: number,
  firstId: number,
  levels: number,
  random: SeededRandom,
): void {
  const side = (i >> 2) & 1;
  const towards = side === 0 ? -1 : 1;
  const turn = i & 3;
  const id = firstId + i;
  const deepTicks = MIDDLE_TICKS + towards * (1 + 2 * (1 + random.below(levels)));
  if (turn === 0) measured.set(i, MESSAGE.new, side, 0, 5, id, deepTicks, ownerOf(i));
  else if (turn === 1) measured.set(i, MESSAGE.cancel, side, 0, 0, id - 1, 0);
  else if (turn === 2) measured.set(i, MESSAGE.new, side, 0, 5, id, MIDDLE_TICKS + towards, ownerOf(i));
  else measured.set(i, MESSAGE.new, 1 - side, 1, 5, id, MIDDLE_TICKS + towards, ownerOf(i));
}

function ownerOf(i: number): number {
  return 1 + (i % OWNERS);
}
