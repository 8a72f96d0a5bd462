import { encodePlain, type ShardJournal, type Snapshot } from '@clearway/platform-journal';
import { type RebuildOptions, rebuildState } from './rebuild-state';

/** What to snapshot. */
export interface SnapshotOptions<State, Command, Event, Outcome, Output>
  extends RebuildOptions<State, Command, Event, Outcome, Output> {
  readonly journal: Pick<ShardJournal, 'readBatches' | 'loadSnapshot' | 'saveSnapshot'>;
}

/**
 * Rebuilds a shard's state from its last snapshot and its journal, and stores it as the next snapshot; undefined when nothing
 * happened since the last. It needs neither the lease nor the live state, so run it away from the turn loop.
 */
export async function snapshotOnce<State, Command, Event, Outcome, Output>(
  options: SnapshotOptions<State, Command, Event, Outcome, Output>,
): Promise<Snapshot | undefined> {
  const { journal, shardId, machine } = options;
  const { state, position, lastMicros, snapshotEvent } = await rebuildState(options);
  if (position.nextEvent === snapshotEvent) return undefined;
  return journal.saveSnapshot({
    shard: shardId,
    machine: machine.name,
    nextEvent: position.nextEvent,
    nextSequence: position.nextSequence,
    lastMicros,
    state: encodePlain(machine.snapshot(state)),
  });
}
