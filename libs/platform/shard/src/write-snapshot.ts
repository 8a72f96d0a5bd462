import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from '@clearway/kernel';
import { encodeParts, type Position } from '@clearway/platform-journal';
import type { CutPoint } from './turn-loop';

/** The shard whose state is written down; a Shard fits. */
export interface SnapshotSource<State> {
  cut<T>(fn: (state: State, point: CutPoint) => T): Promise<T>;
  durablePosition(): Position;
}

/** How a state is written down beside the shard's turns. */
export interface SnapshotPace {
  /** A slice ends after so many items … */
  readonly itemsMax: number;
  /** … or after so many milliseconds. */
  readonly sliceMs: number;
  /** Lets turns go on until the next slice. It may throw, and nothing is written then. */
  pause(): Promise<void>;
}

const SLICE_MS = 2;
/** Four times as long as a slice: a fifth of the time that the turns have, for a quarter of a second with 50,000 orders. */
const REST_MS = 8;

/** The pace beside orders: stops that nobody notices. */
export function gentlePace(signal: AbortSignal): SnapshotPace {
  return {
    itemsMax: Number.MAX_SAFE_INTEGER,
    sliceMs: SLICE_MS,
    pause: async () => sleep(REST_MS, undefined, { signal, ref: false }),
  };
}

/**
 * Writes down the state as it is at one moment, slice by slice, while the shard goes on; settles when all of it is durable. `sink`
 * gets the bytes, each chunk in a buffer of its own.
 * @throws ShardUnavailableError, and what the pace throws
 */
export async function writeSnapshot<State>(
  shard: SnapshotSource<State>,
  machine: Pick<Machine<State, never, never, never, never>, 'snapshot' | 'cut'>,
  pace: SnapshotPace,
  sink: (chunk: Buffer<ArrayBuffer>) => void,
): Promise<CutPoint> {
  const { parts, point } = await shard.cut((state, at) => ({
    parts: machine.cut?.(state) ?? machine.snapshot(state),
    point: at,
  }));
  const steps = encodeParts(parts);
  try {
    while (writeSlice(steps, pace, sink)) await pace.pause();
    while (shard.durablePosition().nextEvent < point.nextEvent) await pace.pause();
  } finally {
    steps.return(undefined);
  }
  return point;
}

/** Whether there is more to write. */
function writeSlice(
  steps: Iterator<Buffer<ArrayBuffer> | undefined>,
  { itemsMax, sliceMs }: SnapshotPace,
  sink: (chunk: Buffer<ArrayBuffer>) => void,
): boolean {
  const untilMs = performance.now() + sliceMs;
  for (let items = 0; items < itemsMax && performance.now() < untilMs; items++) {
    const { value, done } = steps.next();
    if (done) return false;
    if (value !== undefined) sink(value);
  }
  return true;
}
