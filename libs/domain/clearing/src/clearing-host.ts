import type { SagaHost, SagaInstance, SagaOutput } from '@clearway/domain-saga';
import type { Turn } from '@clearway/kernel';
import type { ClearingEvent } from './clearing-event';
import type { ClearingState } from './clearing-state';
import type { RiskRequest } from './risk-request';
import type { Transfer } from './transfers';

/** What clearing's sagas are handed while a command is decided: the state, and the way to write clearing's own events. */
export interface ClearingHost extends SagaHost<RiskRequest> {
  readonly state: ClearingState;
  emit(event: ClearingEvent): void;
}

/** Returns the host of one turn. */
export function clearingHost(
  state: ClearingState,
  turn: Turn<ClearingEvent, SagaOutput<RiskRequest>>,
): ClearingHost {
  return {
    state,
    sagas: state.sagas,
    nowMicros: turn.nowMicros,
    emit: (event) => turn.emit(event),
    emitSaga: (saga) => turn.emit({ kind: 'Saga', saga }),
    publishSaga: (output) => turn.publish(output),
  };
}

/** Returns the transfer that a saga is about. Throws when there is none, because a live saga's transfer is never forgotten. */
export function transferOf(host: ClearingHost, saga: SagaInstance): Transfer {
  const transfer = host.state.transfers.get(saga.subject);
  if (!transfer) throw new Error(`saga ${saga.number} has no transfer ${saga.subject}`);
  return transfer;
}
