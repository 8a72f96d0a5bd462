import { trading } from '@clearway/contracts';
import type {
  KillScope,
  OrderTerms,
  PhaseCause,
  PhaseChanged,
  TradingEvent,
  UncrossingBegan,
} from '@clearway/domain-trading';
import { isReasonCode, type ReasonCode } from '@clearway/kernel';
import type { EventCodec } from '@clearway/platform-journal';
import { fromWireReasons, toWireReasons } from '@clearway/platform-rpc';
import { sagaEventFromWire, sagaEventToWire } from '@clearway/platform-saga';
import { ORD_TYPE, SIDE, TIME_IN_FORCE, TRADING_PHASE, TRADING_STATUS } from './enums.codec';
import { listedFromWire, listedToWire } from './instrument.codec';
import { parseKillScope } from './kill-switch.codec';
import { extrasFromWire, extrasToWire } from './order-extras.codec';

type WireEvent = NonNullable<trading.TradingEvent['event']>;

/** How trading's events become the bytes in its journal and back. */
export const tradingEventCodec: EventCodec<TradingEvent> = {
  type: (event) => (event.kind === 'Saga' ? event.saga.kind : event.kind),
  encode: (event) => trading.TradingEvent.encode({ event: toWire(event) }).finish(),
  decode: (type, data) => fromWire(type, trading.TradingEvent.decode(data).event),
};

function toWire(event: TradingEvent): WireEvent {
  switch (event.kind) {
    case 'InstrumentListed':
      return { $case: 'instrumentListed', value: listedToWire(event.instrument) };
    case 'TradingStatusChanged': {
      const { symbol, status } = event;
      return {
        $case: 'tradingStatusChanged',
        value: { symbol, tradingStatus: TRADING_STATUS.toWire(status) },
      };
    }
    case 'PhaseChanged':
      return { $case: 'phaseChanged', value: phaseToWire(event) };
    case 'UncrossingBegan':
      return { $case: 'uncrossingBegan', value: phaseToWire(event) };
    case 'OrderOpenedAtMarket':
      return { $case: 'orderOpenedAtMarket', value: event };
    case 'OrderAccepted':
      return { $case: 'orderAccepted', value: acceptedToWire(event) };
    case 'OrderOpened':
      return { $case: 'orderOpened', value: event };
    case 'TradeExecuted':
      return { $case: 'tradeExecuted', value: event };
    case 'OrderRejected':
      return {
        $case: 'orderRejected',
        value: { orderNumber: event.orderNumber, reasons: toWireReasons(event.reasons) },
      };
    case 'CancelRequested':
      return { $case: 'cancelRequested', value: event };
    case 'OrderCanceled':
      return { $case: 'orderCanceled', value: event };
    case 'OrderReduced':
      return { $case: 'orderReduced', value: event };
    case 'ReplaceRequested':
      return { $case: 'replaceRequested', value: event };
    case 'OrderReplaced':
      return { $case: 'orderReplaced', value: event };
    case 'ReplaceRefused':
      return {
        $case: 'replaceRefused',
        value: { orderNumber: event.orderNumber, reasons: toWireReasons(event.reasons) },
      };
    case 'StopWaiting':
      return { $case: 'stopWaiting', value: event };
    case 'StopTriggered':
      return { $case: 'stopTriggered', value: event };
    case 'HoldLowering':
      return { $case: 'holdLowering', value: event };
    case 'OrderExpired':
      return { $case: 'orderExpired', value: event };
    case 'TradeBusted':
      return {
        $case: 'tradeBusted',
        value: { tradeNumber: event.tradeNumber, reasons: toWireReasons(event.reasons) },
      };
    case 'KillSwitchEngaged':
      return { $case: 'killSwitchEngaged', value: event };
    case 'KillSwitchProven':
      return { $case: 'killSwitchProven', value: event };
    case 'KillSwitchReleaseRequested':
      return { $case: 'killSwitchReleaseRequested', value: event };
    case 'KillSwitchReleased':
      return { $case: 'killSwitchReleased', value: event };
    case 'Saga':
      return { $case: 'saga', value: sagaEventToWire(event.saga) };
  }
}

function phaseToWire(event: PhaseChanged | UncrossingBegan): trading.PhaseChanged {
  return { ...event, phase: TRADING_PHASE.toWire(event.phase) };
}

function fromWire(type: string, event: trading.TradingEvent['event']): TradingEvent {
  switch (event?.$case) {
    case 'instrumentListed':
      return { kind: 'InstrumentListed', instrument: listedFromWire(event.value) };
    case 'tradingStatusChanged': {
      const status = known(TRADING_STATUS.fromWire(event.value.tradingStatus), type);
      return { kind: 'TradingStatusChanged', symbol: event.value.symbol, status };
    }
    case 'phaseChanged': {
      const phase = known(TRADING_PHASE.fromWire(event.value.phase), type);
      return { kind: 'PhaseChanged', ...event.value, phase, cause: phaseCauseOf(event.value.cause, type) };
    }
    case 'uncrossingBegan': {
      const phase = known(TRADING_PHASE.fromWire(event.value.phase), type);
      return { kind: 'UncrossingBegan', ...event.value, phase, cause: phaseCauseOf(event.value.cause, type) };
    }
    case 'orderOpenedAtMarket':
      return { kind: 'OrderOpenedAtMarket', ...event.value };
    case 'orderAccepted': {
      const { orderNumber, sagaNumber } = event.value;
      return { kind: 'OrderAccepted', orderNumber, sagaNumber, terms: termsFromWire(event.value, type) };
    }
    case 'orderOpened':
      return { kind: 'OrderOpened', ...event.value };
    case 'tradeExecuted':
      return { kind: 'TradeExecuted', ...event.value };
    case 'orderRejected':
      return { kind: 'OrderRejected', ...event.value, reasons: fromWireReasons(event.value.reasons) };
    case 'cancelRequested':
      return { kind: 'CancelRequested', ...event.value, cause: causeOf(event.value.cause, type) };
    case 'orderCanceled':
      return { kind: 'OrderCanceled', ...event.value, cause: causeOf(event.value.cause, type) };
    case 'orderReduced':
      return { kind: 'OrderReduced', ...event.value, cause: causeOf(event.value.cause, type) };
    case 'replaceRequested':
      return { kind: 'ReplaceRequested', ...event.value };
    case 'orderReplaced':
      return { kind: 'OrderReplaced', ...event.value };
    case 'replaceRefused':
      return { kind: 'ReplaceRefused', ...event.value, reasons: fromWireReasons(event.value.reasons) };
    case 'stopWaiting':
      return { kind: 'StopWaiting', ...event.value };
    case 'stopTriggered':
      return { kind: 'StopTriggered', ...event.value };
    case 'holdLowering':
      return { kind: 'HoldLowering', ...event.value };
    case 'orderExpired':
      return { kind: 'OrderExpired', ...event.value, cause: expiryCauseOf(event.value.cause, type) };
    case 'tradeBusted':
      return { kind: 'TradeBusted', ...event.value, reasons: fromWireReasons(event.value.reasons) };
    case 'killSwitchEngaged':
      return { kind: 'KillSwitchEngaged', ...event.value, scope: scopeOf(event.value.scope, type) };
    case 'killSwitchProven':
      return { kind: 'KillSwitchProven', ...event.value, scope: scopeOf(event.value.scope, type) };
    case 'killSwitchReleaseRequested':
      return { kind: 'KillSwitchReleaseRequested', ...event.value, scope: scopeOf(event.value.scope, type) };
    case 'killSwitchReleased':
      return { kind: 'KillSwitchReleased', ...event.value, scope: scopeOf(event.value.scope, type) };
    case 'saga':
      return { kind: 'Saga', saga: sagaEventFromWire(event.value) };
    case undefined:
      throw new Error(`${type}: an empty event stands in the journal`);
  }
}

function acceptedToWire(event: Extract<TradingEvent, { kind: 'OrderAccepted' }>): trading.OrderAccepted {
  const { orderNumber, sagaNumber, terms } = event;
  return {
    orderNumber,
    sagaNumber,
    account: terms.account,
    clOrdId: terms.clOrdId,
    symbol: terms.symbol,
    side: SIDE.toWire(terms.side),
    ordType: ORD_TYPE.toWire(terms.ordType),
    timeInForce: TIME_IN_FORCE.toWire(terms.timeInForce),
    postOnly: terms.postOnly,
    quantityLots: terms.quantityLots,
    priceTicks: terms.priceTicks,
    extras: terms.extras && extrasToWire(terms.extras),
  };
}

function termsFromWire(wire: trading.OrderAccepted, type: string): OrderTerms {
  const { account, clOrdId, symbol, postOnly, quantityLots, priceTicks } = wire;
  const terms = {
    account,
    clOrdId,
    symbol,
    side: known(SIDE.fromWire(wire.side), type),
    ordType: known(ORD_TYPE.fromWire(wire.ordType), type),
    timeInForce: known(TIME_IN_FORCE.fromWire(wire.timeInForce), type),
    postOnly,
    quantityLots,
    priceTicks,
  };
  return wire.extras ? { ...terms, extras: extrasFromWire(wire.extras) } : terms;
}

function scopeOf(text: string, type: string): KillScope {
  return known(parseKillScope(text), type);
}

function causeOf(text: string, type: string): ReasonCode {
  return known(isReasonCode(text) ? text : undefined, type);
}

const PHASE_CAUSES: readonly PhaseCause[] = ['CALENDAR', 'OPERATOR', 'VOLATILITY', 'AUCTION_ENDED'];

function phaseCauseOf(text: string, type: string): PhaseCause {
  return known(
    PHASE_CAUSES.find((cause) => cause === text),
    type,
  );
}

/** Journals of older builds know the end of a day only, and say nothing. */
function expiryCauseOf(text: string, type: string): 'DAY_ENDED' | 'GTD_EXPIRED' {
  if (text === '' || text === 'DAY_ENDED') return 'DAY_ENDED';
  return known(text === 'GTD_EXPIRED' ? text : undefined, type);
}

function known<T>(value: T | undefined, type: string): T {
  if (value === undefined)
    throw new Error(`${type}: a value stands in the journal that this build does not know`);
  return value;
}
