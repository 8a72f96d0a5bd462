import { parentPort } from 'node:worker_threads';
import { encodePlain, type ShardJournal } from '@clearway/platform-journal';
import { type RebuildOptions, rebuildState } from './rebuild-state';
import type { CutPoint } from './turn-loop';

/** Where snapshots are stored, and how they are proven. */
export interface StoreOptions<State, Command, Event, Outcome, Output>
  extends RebuildOptions<State, Command, Event, Outcome, Output> {
  readonly journal: Pick<ShardJournal, 'readBatches' | 'loadSnapshot' | 'saveSnapshot'>;
}

/** What the snapshotter asks for after the bytes, which come as Uint8Arrays. */
export type StoreRequest =
  | { readonly kind: 'begin' }
  | { readonly kind: 'store'; readonly point: CutPoint; readonly isProven: boolean };

/** Called in the worker's entry file: stores what the snapshotter sends. A failure ends the worker. */
export function serveSnapshots<State, Command, Event, Outcome, Output>(
  options: StoreOptions<State, Command, Event, Outcome, Output>,
): void {
  let chunks: Uint8Array[] = [];
  const store = async (point: CutPoint, isProven: boolean): Promise<void> => {
    const bytes = Buffer.concat(chunks);
    chunks = [];
    await storeSnapshot(options, point, bytes, isProven);
    parentPort?.postMessage('stored');
  };
  parentPort?.on('message', (message: Uint8Array | StoreRequest) => {
    if (message instanceof Uint8Array) chunks.push(message);
    else if (message.kind === 'begin') chunks = [];
    else void store(message.point, message.isProven);
  });
}

/**
 * Stores a state's bytes as the snapshot at `point`; with `isProven` only after a replay from the snapshot before has given the same
 * bytes, which proves that one, the events and the state in memory.
 * @throws when the replay gives other bytes, which is a bug; nothing is stored then
 */
export async function storeSnapshot<State, Command, Event, Outcome, Output>(
  options: StoreOptions<State, Command, Event, Outcome, Output>,
  { nextEvent, nextSequence, lastMicros }: CutPoint,
  state: Buffer,
  isProven: boolean,
): Promise<void> {
  const { journal, shardId, machine } = options;
  if (isProven) {
    const replayed = await rebuildState({ ...options, untilEvent: nextEvent });
    if (!state.equals(encodePlain(machine.snapshot(replayed.state))))
      throw new Error(`The state of ${shardId} at event ${nextEvent} is not what its journal gives`);
  }
  await journal.saveSnapshot({
    shard: shardId,
    machine: machine.name,
    nextEvent,
    nextSequence,
    lastMicros,
    state,
  });
}
