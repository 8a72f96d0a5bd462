import { setImmediate as nextRound } from 'node:timers/promises';
import type { Machine } from '@clearway/kernel';
import {
  type CommittedBatch,
  decodeBatch,
  decodeSteps,
  type EventCodec,
  encodePlain,
  JOURNAL_START,
  PLATFORM_TYPE_PREFIX,
  type Position,
  plainHash,
  type ShardJournal,
} from '@clearway/platform-journal';

/** Which journal to rebuild, and what knows how to. */
export interface RebuildOptions<State, Command, Event, Outcome, Output> {
  readonly journal: Pick<ShardJournal, 'readBatches' | 'loadSnapshot'>;
  readonly shardId: string;
  readonly machine: Machine<State, Command, Event, Outcome, Output>;
  readonly codec: EventCodec<Event>;
  /** False replays from the first event, which proves the snapshots too. Default true. */
  readonly usesSnapshots?: boolean;
  /** Stops before the first batch that begins at or after this event; default: the journal's head. */
  readonly untilEvent?: number;
  /** Told of every snapshot that cannot be used; an operator must know. */
  readonly onProblem?: (problem: string) => void;
}

/** A state as the journal has it. */
export interface RebuiltState<State> {
  readonly state: State;
  readonly position: Position;
  /** The last journaled time, microseconds since the epoch; 0 for an empty journal. */
  readonly lastMicros: number;
  /** Where the snapshot that it began with stands; 0 without one. */
  readonly snapshotEvent: number;
}

const READ_BATCHES_MAX = 64;
/** The event loop goes on after so long, or the heartbeats of the lease just taken would starve and a standby would take it. */
const REPLAY_SLICE_MS = 50;

/** SHA-256 of the state's canonical bytes, in hex: equal for equal states, here and in any other process. */
export function stateHash<State>(
  machine: Pick<Machine<State, never, never, never, never>, 'snapshot'>,
  state: State,
): string {
  return plainHash(encodePlain(machine.snapshot(state))).toString('hex');
}

/**
 * Rebuilds a state from the newest usable snapshot and the events after it. A snapshot is used if its bytes have the hash
 * that was stored (that they restore to the same state was proven when it was taken) and this machine can read them; otherwise
 * an older one is tried, then the whole journal.
 * @throws ChainBrokenError, EventArchivedError, and whatever decode or evolve throw: none of it can be gone on with
 */
export async function rebuildState<State, Command, Event, Outcome, Output>(
  options: RebuildOptions<State, Command, Event, Outcome, Output>,
): Promise<RebuiltState<State>> {
  const { journal, shardId, untilEvent = Number.MAX_SAFE_INTEGER } = options;
  const { state, position, lastMicros: snapshotMicros, snapshotEvent } = await startingPoint(options);
  let { nextEvent, nextSequence } = position;
  let lastMicros = snapshotMicros;
  let sliceStartMs = performance.now();
  for (;;) {
    const batches = await journal.readBatches(shardId, nextEvent, READ_BATCHES_MAX);
    for (const batch of batches) {
      if (batch.firstEvent >= untilEvent) break;
      if (batch.sequence !== nextSequence || batch.firstEvent !== nextEvent)
        throw new Error(`Batch ${batch.sequence} of ${shardId} does not follow event ${nextEvent}`);
      lastMicros = replay(options, state, batch, lastMicros);
      nextSequence = batch.sequence + 1;
      nextEvent = batch.firstEvent + batch.eventCount;
      if (performance.now() - sliceStartMs < REPLAY_SLICE_MS) continue;
      await nextRound();
      sliceStartMs = performance.now();
    }
    if (batches.length === 0 || nextEvent >= untilEvent) break;
  }
  return { state, position: { nextSequence, nextEvent }, lastMicros, snapshotEvent };
}

function replay<State, Command, Event, Outcome, Output>(
  { machine, codec }: RebuildOptions<State, Command, Event, Outcome, Output>,
  state: State,
  batch: CommittedBatch,
  lastMicros: number,
): number {
  let latestMicros = lastMicros;
  const { contexts, events } = decodeBatch(batch);
  for (const { type, data, context: index } of events) {
    const { atMicros } = contexts[index]!;
    if (atMicros < latestMicros)
      throw new Error(`Time runs backwards in batch ${batch.sequence} of ${batch.shard}`);
    latestMicros = atMicros;
    if (!type.startsWith(PLATFORM_TYPE_PREFIX)) machine.evolve(state, codec.decode(type, data), atMicros);
  }
  return latestMicros;
}

async function startingPoint<State, Command, Event, Outcome, Output>(
  options: RebuildOptions<State, Command, Event, Outcome, Output>,
): Promise<RebuiltState<State>> {
  const { journal, shardId, machine, untilEvent, onProblem } = options;
  const report = (problem: string): void => onProblem?.(problem);
  let before = untilEvent === undefined ? Number.MAX_SAFE_INTEGER : untilEvent + 1;
  while (options.usesSnapshots !== false) {
    const found = await journal.loadSnapshot(shardId, before, report);
    if (found === undefined) break;
    const { nextEvent, nextSequence, lastMicros } = found;
    const state = await restored(machine, found.state, (why) =>
      report(`The snapshot of ${shardId} at event ${nextEvent} cannot be used: ${why}`),
    );
    if (state !== undefined)
      return { state, position: { nextSequence, nextEvent }, lastMicros, snapshotEvent: nextEvent };
    before = nextEvent;
  }
  return { state: machine.create(), position: JOURNAL_START, lastMicros: 0, snapshotEvent: 0 };
}

async function restored<State, Command, Event, Outcome, Output>(
  machine: Machine<State, Command, Event, Outcome, Output>,
  bytes: Uint8Array,
  onUnusable: (why: string) => void,
): Promise<State | undefined> {
  try {
    const plain = await inSlices(decodeSteps(bytes));
    return machine.restoring ? await inSlices(machine.restoring(plain)) : machine.restore(plain);
  } catch (error) {
    onUnusable(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/** Takes the steps, and lets the event loop go on now and then. */
async function inSlices<Result>(steps: Iterator<undefined, Result>): Promise<Result> {
  let sliceStartMs = performance.now();
  for (;;) {
    const { value, done } = steps.next();
    if (done) return value;
    if (performance.now() - sliceStartMs < REPLAY_SLICE_MS) continue;
    await nextRound();
    sliceStartMs = performance.now();
  }
}
