import { decodePlain, encodePlain, type ShardJournal, type Snapshot } from '@clearway/platform-journal';
import { type RebuildOptions, rebuildState } from './rebuild-state';

/** What to snapshot. */
export interface SnapshotOptions<State, Command, Event, Outcome, Output>
  extends RebuildOptions<State, Command, Event, Outcome, Output> {
  readonly journal: Pick<ShardJournal, 'readBatches' | 'loadSnapshot' | 'saveSnapshot'>;
}

/**
 * Rebuilds a shard's state from its last snapshot and its journal, and stores it as the next snapshot; undefined when nothing
 * happened since the last. It needs neither the lease nor the live state, so run it away from the turn loop. Here is also
 * proven that the bytes restore to the same state, so that a start need not.
 * @throws when the restored state encodes to other bytes, which is a bug of the machine; nothing is stored then
 */
export async function snapshotOnce<State, Command, Event, Outcome, Output>(
  options: SnapshotOptions<State, Command, Event, Outcome, Output>,
): Promise<Snapshot | undefined> {
  const { journal, shardId, machine } = options;
  const { state, position, lastMicros, snapshotEvent } = await rebuildState(options);
  if (position.nextEvent === snapshotEvent) return undefined;
  const bytes = encodePlain(machine.snapshot(state));
  const again = encodePlain(machine.snapshot(machine.restore(decodePlain(bytes))));
  if (!Buffer.from(bytes).equals(again))
    throw new Error(`The snapshot of ${shardId} does not restore to the same state`);
  return journal.saveSnapshot({
    shard: shardId,
    machine: machine.name,
    nextEvent: position.nextEvent,
    nextSequence: position.nextSequence,
    lastMicros,
    state: bytes,
  });
}
