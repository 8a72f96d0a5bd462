import type { SagaEvent } from '@clearway/domain-saga';
import { sagaLeft } from './evolve-order-life';
import { replaceSagaEnded } from './evolve-replace';
import { tradeEnded } from './evolve-trades';
import { orderOf, type TradingState } from './state';

/** Moves a saga on; when it is over, its order or trade is told. */
export function sagaMoved(state: TradingState, event: SagaEvent): void {
  const saga = state.sagas.get(event.sagaNumber);
  state.sagas.evolve(event);
  const over =
    (event.kind === 'SagaAdvanced' && event.completed) ||
    (event.kind === 'StepsCompensated' && event.compensated);
  if (!saga || !over) return;
  if (saga.kind === 'SettleTrade') return tradeEnded(state, saga.subject);
  if (saga.kind === 'AdjustHold') state.holdAdjustments.delete(saga.number);
  if (saga.kind === 'ReplaceOrder') replaceSagaEnded(orderOf(state, saga.subject));
  sagaLeft(state, saga.subject);
}
