import type { StepKey } from '@clearway/domain-saga';
import type { Plain } from '@clearway/kernel';
import {
  type LegPlain,
  legFromPlain,
  legToPlain,
  type PostingPlain,
  postingFromPlain,
  postingToPlain,
} from './leg-snapshot';
import type { SettleLeg } from './legs';
import { childMap } from './nested-map';
import type { Posting } from './posting';

/** A leg that was posted and not reversed, with its entry as it was posted, which is what a reversal undoes. */
export interface StandingLeg {
  readonly entryNumber: number;
  readonly leg: SettleLeg;
  readonly postings: readonly Posting[];
}

type LegsByStep = Map<number, StandingLeg>;

/**
 * Legs that their sagas may still ask to reverse, by origin shard, saga and step. A leg leaves when it is reversed or when
 * its saga has ended, so memory follows the number of live sagas and not of trades. Changed by `evolve` alone.
 */
export class StandingLegs {
  private readonly origins = new Map<string, Map<number, LegsByStep>>();

  /** Returns the leg that the step posted, or undefined when it posted none or it was reversed. */
  find(key: StepKey): StandingLeg | undefined {
    return this.origins.get(key.originShard)?.get(key.sagaNumber)?.get(key.step);
  }

  /** Remembers a posted leg under the step that posted it. */
  add(key: StepKey, leg: StandingLeg): void {
    childMap(childMap(this.origins, key.originShard), key.sagaNumber).set(key.step, leg);
  }

  /** Takes out the leg of a step because it was reversed. Throws when it does not stand: no entry is reversed twice. */
  take(key: StepKey): StandingLeg {
    const steps = this.origins.get(key.originShard)?.get(key.sagaNumber);
    const leg = steps?.get(key.step);
    if (!steps || !leg)
      throw new Error(`no standing leg at ${key.originShard}#${key.sagaNumber}/${key.step}`);
    steps.delete(key.step);
    if (steps.size === 0) this.origins.get(key.originShard)?.delete(key.sagaNumber);
    return leg;
  }

  /** Forgets the legs of ended sagas: from now on they stand for ever. */
  forgetBelow(originShard: string, finishedBelow: number): void {
    const sagas = this.origins.get(originShard);
    if (!sagas) return;
    for (const number of sagas.keys()) if (number < finishedBelow) sagas.delete(number);
  }

  /** Canonical form for a snapshot: ascending by origin, saga and step. */
  snapshot(): Plain {
    const rows: Plain[][] = [];
    for (const [origin, sagas] of this.origins)
      for (const [saga, steps] of sagas)
        for (const [step, { entryNumber, leg, postings }] of steps)
          rows.push([origin, saga, step, entryNumber, legToPlain(leg), postings.map(postingToPlain)]);
    return rows.sort(inKeyOrder);
  }

  /** Rebuilds the legs from `snapshot`. */
  static restore(plain: Plain): StandingLegs {
    const legs = new StandingLegs();
    for (const [originShard, sagaNumber, step, entryNumber, leg, postings] of plain as Row[])
      legs.add(
        { originShard, sagaNumber, step, phase: 'action' },
        { entryNumber, leg: legFromPlain(leg), postings: postings.map(postingFromPlain) },
      );
    return legs;
  }
}

type Row = [string, number, number, number, LegPlain, PostingPlain[]];

function inKeyOrder(a: readonly Plain[], b: readonly Plain[]): number {
  const [originA, sagaA, stepA] = a as Row;
  const [originB, sagaB, stepB] = b as Row;
  if (originA !== originB) return originA < originB ? -1 : 1;
  return sagaA - sagaB || stepA - stepB;
}
