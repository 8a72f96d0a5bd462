import type { Turn } from '@clearway/kernel';
import { listInstrument } from './administer';
import { cancelOrder, expireDue } from './cancel-order';
import { advancePhases, setTradingStatus } from './change-phase';
import type { TradingCommand, TradingOutcome } from './commands';
import type { TradingEvent } from './events';
import type { TradingHost } from './host';
import {
  confirmKillSwitchRelease,
  engageKillSwitch,
  requestKillSwitchRelease,
  sweepKillSwitch,
} from './kill-switch';
import { massCancel } from './mass-cancel';
import type { TradingOutput } from './outputs';
import { placeOrder } from './place-order';
import { lowerHolds } from './replace-in-book';
import { replaceOrder } from './replace-order';
import { hostOf, sagaMachine } from './sagas';
import type { TradingState } from './state';
import { triggerStops } from './trigger-stops';
import type { UncrossLimits } from './uncross-limits';

const DONE: TradingOutcome = { kind: 'done' };

/** Decides one command, and publishes what it changed of what everybody may see. */
export function decide(
  state: TradingState,
  command: TradingCommand,
  turn: Turn<TradingEvent, TradingOutput>,
  limits: UncrossLimits,
): TradingOutcome {
  const host = hostOf(state, turn, limits);
  state.tape.start();
  advancePhases(host, command.kind === 'AdvanceClock');
  expireDue(host);
  const outcome = handle(host, command);
  triggerStops(host);
  lowerHolds(host);
  const changes = state.tape.stop();
  if (changes.length > 0) turn.publish({ kind: 'market', changes, atMicros: turn.nowMicros });
  return outcome;
}

/** One handler a kind, each in the file of its name. */
function handle(host: TradingHost, command: TradingCommand): TradingOutcome {
  switch (command.kind) {
    case 'PlaceOrder':
      return placeOrder(host, command);
    case 'CancelOrder':
      return cancelOrder(host, command);
    case 'ReplaceOrder':
      return replaceOrder(host, command);
    case 'ListInstrument':
      return listInstrument(host, command.terms);
    case 'SetTradingStatus':
      return setTradingStatus(host, command.symbol, command.status, command.reopeningAuctionMs ?? 0);
    case 'EngageKillSwitch':
      return engageKillSwitch(host, command.scope, command.operator, command.note);
    case 'SweepKillSwitch':
      return sweepKillSwitch(host, command.scope);
    case 'RequestKillSwitchRelease':
      return requestKillSwitchRelease(host, command.scope, command.operator);
    case 'ConfirmKillSwitchRelease':
      return confirmKillSwitchRelease(host, command.scope, command.operator);
    case 'MassCancel':
      return massCancel(host, command.scope, command.belowOrderNumber);
    case 'TriggerStops':
    case 'AdvanceClock':
    case 'ExpireOrders':
      return DONE;
    case 'SagaAnswers':
      sagaMachine.answered(host, command.answers);
      return DONE;
    case 'SagaTick':
      sagaMachine.tick(host);
      return DONE;
    case 'SagaRecover':
      sagaMachine.recover(host);
      return DONE;
    case 'RetrySaga':
      return { kind: 'steered', outcome: sagaMachine.retry(host, command.sagaNumber) };
    case 'CompensateSaga':
      return { kind: 'steered', outcome: sagaMachine.compensate(host, command.sagaNumber) };
  }
}
