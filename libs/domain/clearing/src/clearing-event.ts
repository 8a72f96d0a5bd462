import type { SagaEvent, StepKey } from '@clearway/domain-saga';
import type { Reason } from '@clearway/kernel';
import type { SettleLeg } from './legs';
import type { Posting } from './posting';
import type { TransferBody } from './transfers';

/** Entry of one settled leg; the posting list is the record, nothing is implied. */
export interface LegSettled {
  readonly kind: 'LegSettled';
  readonly key: StepKey;
  readonly entryNumber: number;
  readonly leg: SettleLeg;
  readonly postings: readonly Posting[];
}

/** Entry that counter-posts the entry of a leg. */
export interface LegReversed {
  readonly kind: 'LegReversed';
  readonly key: StepKey;
  readonly entryNumber: number;
  readonly reversedEntryNumber: number;
  readonly postings: readonly Posting[];
}

/** A leg was refused: final, with every reason. */
export interface StepRefused {
  readonly kind: 'StepRefused';
  readonly key: StepKey;
  readonly reasons: readonly Reason[];
}

/** A compensation found nothing to undo; its action, should it still come, is refused. */
export interface CompensationNoted {
  readonly kind: 'CompensationNoted';
  readonly key: StepKey;
}

/** Sagas of another host below the number have ended, their outcomes are forgotten. */
export interface SagasFinished {
  readonly kind: 'SagasFinished';
  readonly originShard: string;
  readonly finishedBelow: number;
}

/** Starts the Deposit or Withdraw saga. */
export interface TransferRequested extends TransferBody {
  readonly kind: 'TransferRequested';
  readonly transferNumber: number;
  readonly sagaNumber: number;
}

/** Entry of a deposit or withdrawal: the pivot of its saga. */
export interface TransferPosted {
  readonly kind: 'TransferPosted';
  readonly entryNumber: number;
  readonly transferNumber: number;
  readonly postings: readonly Posting[];
}

/** A withdrawal was undone, with every reason. */
export interface TransferRefused {
  readonly kind: 'TransferRefused';
  readonly transferNumber: number;
  readonly reasons: readonly Reason[];
}

/** Starts the FreezeAccount saga that tells risk. */
export interface AccountFreezeSet {
  readonly kind: 'AccountFreezeSet';
  readonly account: string;
  readonly frozen: boolean;
  /** Number of this change in the shard, from 1; also the saga's subject. */
  readonly version: number;
  readonly sagaNumber: number;
  /** Why, in the operator's words. */
  readonly note: string;
}

/** Progress of a saga that this shard hosts. */
export interface SagaProgressed {
  readonly kind: 'Saga';
  readonly saga: SagaEvent;
}

/** Every event of clearing's journal. */
export type ClearingEvent =
  | LegSettled
  | LegReversed
  | StepRefused
  | CompensationNoted
  | SagasFinished
  | TransferRequested
  | TransferPosted
  | TransferRefused
  | AccountFreezeSet
  | SagaProgressed;
