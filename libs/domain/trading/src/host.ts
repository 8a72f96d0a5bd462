import type { SagaHost } from '@clearway/domain-saga';
import type { Turn } from '@clearway/kernel';
import type { TradingEvent } from './events';
import type { TradingOutput } from './outputs';
import type { TradingRequest } from './requests';
import type { TradingState } from './state';
import type { UncrossLimits } from './uncross-limits';

/** What a decision works with: the state, its turn, the bounds of what a turn does, and the saga machine's ways to write. */
export interface TradingHost extends SagaHost<TradingRequest> {
  readonly state: TradingState;
  readonly turn: Turn<TradingEvent, TradingOutput>;
  readonly uncrossLimits: UncrossLimits;
  /** Takes the first steps of a saga that an event just emitted has started. */
  beginSaga(sagaNumber: number): void;
}
