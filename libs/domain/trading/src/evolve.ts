import type { TradingEvent } from './events';
import { cancelRequested, reduced, takenOff } from './evolve-exits';
import { holdLowering, replaced, replaceRequested } from './evolve-holds';
import { killSwitchMoved } from './evolve-kill-switch';
import { accepted, opened, openedAtMarket, rejected, triggered, waits } from './evolve-orders';
import { phaseChanged, statusChanged, uncrossingBegan } from './evolve-phases';
import { refuseReplacement } from './evolve-replace';
import { sagaMoved } from './evolve-sagas';
import { busted, executed } from './evolve-trades';
import { addMarket, orderOf, type TradingState } from './state';

/** Applies one event in place. The only code that changes trading's state. */
export function evolve(state: TradingState, event: TradingEvent, timeMicros: number): void {
  switch (event.kind) {
    case 'InstrumentListed':
      return addMarket(state, event.instrument, timeMicros);
    case 'TradingStatusChanged':
      return statusChanged(state, event.symbol, event.status);
    case 'PhaseChanged':
      return phaseChanged(state, event);
    case 'UncrossingBegan':
      return uncrossingBegan(state, event);
    case 'OrderAccepted':
      return accepted(state, event.orderNumber, event.sagaNumber, event.terms, timeMicros);
    case 'OrderOpened':
      return opened(state, orderOf(state, event.orderNumber), timeMicros);
    case 'OrderOpenedAtMarket':
      return openedAtMarket(state, orderOf(state, event.orderNumber), event.protectionTicks, timeMicros);
    case 'TradeExecuted':
      return executed(state, event, timeMicros);
    case 'OrderRejected':
      return rejected(state, orderOf(state, event.orderNumber), event, timeMicros);
    case 'CancelRequested':
      return cancelRequested(state, orderOf(state, event.orderNumber), event.cause, timeMicros);
    case 'OrderCanceled':
      return takenOff(
        state,
        event.orderNumber,
        event.sagaNumber,
        event.canceledLots,
        event.cause,
        timeMicros,
      );
    case 'OrderReduced':
      return reduced(state, event, timeMicros);
    case 'ReplaceRequested':
      return replaceRequested(state, event, timeMicros);
    case 'OrderReplaced':
      return replaced(state, event, timeMicros);
    case 'ReplaceRefused':
      return refuseReplacement(orderOf(state, event.orderNumber), event.reasons);
    case 'HoldLowering':
      return holdLowering(state, event, timeMicros);
    case 'OrderExpired':
      return takenOff(state, event.orderNumber, event.sagaNumber, event.expiredLots, event.cause, timeMicros);
    case 'StopWaiting':
      return waits(state, event, timeMicros);
    case 'StopTriggered':
      return triggered(state, orderOf(state, event.orderNumber), timeMicros);
    case 'TradeBusted':
      return busted(state, event, timeMicros);
    case 'KillSwitchEngaged':
    case 'KillSwitchProven':
    case 'KillSwitchReleaseRequested':
    case 'KillSwitchReleased':
      return killSwitchMoved(state, event, timeMicros);
    case 'Saga':
      return sagaMoved(state, event.saga);
  }
}
