import {
  NumberedMap,
  type Plain,
  PlainList,
  type PlainParts,
  type Reason,
  wholePlain,
} from '@clearway/kernel';

/** Whether a step does its work or undoes it. */
export type StepPhase = 'action' | 'compensation';

/** Names one step of one saga: the idempotency key of every action and compensation. */
export interface StepKey {
  readonly originShard: string;
  readonly sagaNumber: number;
  readonly step: number;
  readonly phase: StepPhase;
}

/** What a participant answered to a step, and will answer again. A refusal is final and has reasons. */
export type StepOutcome =
  | { readonly status: 'succeeded'; readonly result: Uint8Array }
  | { readonly status: 'refused'; readonly reasons: readonly Reason[] };

/** What the log knows of a step before it is executed. */
export type StepLookup =
  | { readonly known: 'new' }
  | { readonly known: 'stale' }
  | { readonly known: 'compensated' }
  | { readonly known: 'answered'; readonly outcome: StepOutcome };

interface Origin {
  finishedBelow: number;
  readonly sagas: NumberedMap<Recorded>;
}

/** Outcomes of one saga's steps: the few slots and, at the same places, what was answered. A Map each would weigh ten times that. */
interface Recorded {
  readonly slots: number[];
  readonly outcomes: StepOutcome[];
}

const NO_RESULT = new Uint8Array(0);
const NEW: StepLookup = { known: 'new' };
const STALE: StepLookup = { known: 'stale' };
const COMPENSATED: StepLookup = { known: 'compensated' };

/** A step that succeeded without a result of its own. */
export const SUCCEEDED: StepOutcome = { status: 'succeeded', result: NO_RESULT };

/**
 * What a participant remembers of other hosts' sagas, so that each step acts once however often it is asked for. It is part
 * of the participant's state and changed only by `evolve`. An outcome is kept until the origin says that every saga up to
 * a number has ended; after that a late duplicate is stale and does nothing.
 */
export class ParticipantLog {
  private readonly origins = new Map<string, Origin>();

  /** Says whether a step is new, was answered before, came after its own compensation, or belongs to an ended saga. */
  lookup(key: StepKey): StepLookup {
    const origin = this.origins.get(key.originShard);
    if (!origin) return NEW;
    if (key.sagaNumber < origin.finishedBelow) return STALE;
    const steps = origin.sagas.get(key.sagaNumber);
    if (!steps) return NEW;
    const outcome = steps.outcomes[steps.slots.indexOf(slot(key.step, key.phase))];
    if (outcome) return { known: 'answered', outcome };
    const undone = key.phase === 'action' && steps.slots.includes(slot(key.step, 'compensation'));
    return undone ? COMPENSATED : NEW;
  }

  /** Remembers the outcome of a step. Called from `evolve` alone. A second outcome for one key is a bug and throws. */
  record(key: StepKey, outcome: StepOutcome): void {
    const origin = this.origin(key.originShard);
    const at = slot(key.step, key.phase);
    const steps = origin.sagas.get(key.sagaNumber);
    if (!steps) return void origin.sagas.set(key.sagaNumber, { slots: [at], outcomes: [outcome] });
    if (steps.slots.includes(at))
      throw new Error(`step ${key.originShard}#${key.sagaNumber}/${key.step} recorded twice`);
    steps.slots.push(at);
    steps.outcomes.push(outcome);
  }

  /** How far the origin's ended sagas have been forgotten: lower numbers are stale. */
  finishedBelow(originShard: string): number {
    return this.origins.get(originShard)?.finishedBelow ?? 0;
  }

  /** Forgets all sagas of the origin below the number. Called from `evolve` alone; going back is ignored. */
  forgetBelow(originShard: string, finishedBelow: number): void {
    const origin = this.origin(originShard);
    if (finishedBelow <= origin.finishedBelow) return;
    origin.finishedBelow = finishedBelow;
    for (const number of origin.sagas.keys()) if (number < finishedBelow) origin.sagas.delete(number);
  }

  /** Number of remembered sagas over all origins, for metrics and for the test that the log does not grow. */
  get size(): number {
    let total = 0;
    for (const origin of this.origins.values()) total += origin.sagas.size;
    return total;
  }

  /** Canonical form for a snapshot: origins and sagas in ascending order. */
  snapshot(): Plain {
    return wholePlain(this.cut());
  }

  /** The same bit by bit; see Machine.cut. */
  cut(): PlainParts {
    const origins = [...this.origins].sort(byFirst);
    return new PlainList(
      origins.length,
      origins.map(
        ([name, { finishedBelow, sagas }]) =>
          new PlainList(3, [name, finishedBelow, sagas.cut(recordedToPlain)]),
      ),
    );
  }

  /** Rebuilds a log from `snapshot`. */
  static restore(plain: Plain): ParticipantLog {
    const log = new ParticipantLog();
    for (const [name, finishedBelow, sagas] of plain as [string, number, [number, [number, Plain][]][]][]) {
      const origin = log.origin(name);
      origin.finishedBelow = finishedBelow;
      for (const [number, steps] of sagas) {
        const slots = steps.map(([at]) => at);
        origin.sagas.set(number, { slots, outcomes: steps.map(([, outcome]) => outcomeFromPlain(outcome)) });
      }
    }
    return log;
  }

  private origin(shard: string): Origin {
    const known = this.origins.get(shard);
    if (known) return known;
    const created: Origin = { finishedBelow: 0, sagas: new NumberedMap() };
    this.origins.set(shard, created);
    return created;
  }
}

function slot(step: number, phase: StepPhase): number {
  return step * 2 + (phase === 'compensation' ? 1 : 0);
}

function recordedToPlain(steps: Recorded, sagaNumber: number): Plain {
  const outcomes = pairsOf(steps).sort(byFirst);
  return [sagaNumber, outcomes.map(([at, outcome]) => [at, outcomeToPlain(outcome)])];
}

function pairsOf({ slots, outcomes }: Recorded): [number, StepOutcome][] {
  return slots.map((at, index) => [at, outcomes[index] as StepOutcome]);
}

function byFirst<T extends readonly [string | number, unknown]>(a: T, b: T): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}

function outcomeToPlain(outcome: StepOutcome): Plain {
  if (outcome.status === 'succeeded') return outcome.result;
  return outcome.reasons.map((entry) => ({
    code: entry.code,
    message: entry.message,
    metadata: entry.metadata,
  }));
}

function outcomeFromPlain(plain: Plain): StepOutcome {
  if (plain instanceof Uint8Array) return { status: 'succeeded', result: new Uint8Array(plain) };
  return { status: 'refused', reasons: plain as unknown as Reason[] };
}
