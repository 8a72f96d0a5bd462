import { risk } from '@clearway/contracts';
import type { LimitScope, OrderLimits, RiskEvent, StepEvent } from '@clearway/domain-risk';
import type { EventCodec } from '@clearway/platform-journal';
import { fromWireReasons, toWireReasons } from '@clearway/platform-rpc';
import { reserveFromWire, reserveToWire } from './reserve.codec';
import { stepKeyFromWire, stepKeyToWire } from './step-key.codec';

type WireEvent = NonNullable<risk.RiskEvent['event']>;
type WireStepEvent = Exclude<
  WireEvent,
  { $case: 'limitsSet' } | { $case: 'blacklistSet' } | { $case: 'sagasFinished' }
>;

/** How risk's events stand in its journal: `RiskEvent` of events.proto, typed by the event's own name. */
export const riskEventCodec: EventCodec<RiskEvent> = {
  type: (event) => event.kind,
  encode: (event) => risk.RiskEvent.encode(riskEventToWire(event)).finish(),
  decode: (_type, data) => riskEventFromWire(risk.RiskEvent.decode(data)),
};

/** A domain event as events.proto has it. */
export function riskEventToWire(event: RiskEvent): risk.RiskEvent {
  switch (event.kind) {
    case 'LimitsSet':
      return { key: undefined, event: { $case: 'limitsSet', value: { ...event.scope, ...event.limits } } };
    case 'BlacklistSet': {
      const { kind: _, ...value } = event;
      return { key: undefined, event: { $case: 'blacklistSet', value } };
    }
    case 'SagasFinished': {
      const { kind: _, ...value } = event;
      return { key: undefined, event: { $case: 'sagasFinished', value } };
    }
    default:
      return { key: stepKeyToWire(event.key), event: stepEventToWire(event) };
  }
}

function stepEventToWire(event: StepEvent): WireStepEvent {
  switch (event.kind) {
    case 'HoldPlaced': {
      const { reserve, protectionPriceTicks } = event;
      return { $case: 'holdPlaced', value: { reserve: reserveToWire(reserve), protectionPriceTicks } };
    }
    case 'HoldReleased':
      return { $case: 'holdReleased', value: { orderNumber: event.orderNumber } };
    case 'LotsReleased': {
      const { orderNumber, quantityLots } = event;
      return { $case: 'lotsReleased', value: { orderNumber, quantityLots } };
    }
    case 'HoldRaised': {
      const { kind: _, key: __, order, ...rest } = event;
      return { $case: 'holdRaised', value: { ...rest, order: reserveToWire(order) } };
    }
    case 'HoldLowered': {
      const { kind: _, key: __, ...value } = event;
      return { $case: 'holdLowered', value };
    }
    case 'FillApplied':
      return { $case: 'fillApplied', value: { fill: event.fill } };
    case 'FundsCredited':
      return { $case: 'fundsCredited', value: { funds: event.funds } };
    case 'FundsHeld':
      return { $case: 'fundsHeld', value: { funds: event.funds } };
    case 'FundsReleased':
      return { $case: 'fundsReleased', value: { funds: event.funds } };
    case 'FundsDebited':
      return { $case: 'fundsDebited', value: { funds: event.funds } };
    case 'AccountFrozenSet':
      return { $case: 'accountFrozenSet', value: { frozen: event.freeze } };
    case 'StepRefused': {
      const { reasons, account, symbol } = event;
      return { $case: 'stepRefused', value: { reasons: toWireReasons(reasons), account, symbol } };
    }
    case 'CompensationNoted':
      return { $case: 'compensationNoted', value: {} };
  }
}

/** A domain event from the journal. Throws for what is no event of risk, because then the journal is not ours. */
export function riskEventFromWire({ key, event }: risk.RiskEvent): RiskEvent {
  if (event === undefined) throw new Error('a journaled risk event is empty or newer than this program');
  switch (event.$case) {
    case 'limitsSet':
      return { kind: 'LimitsSet', ...limitsFromWire(event.value) };
    case 'blacklistSet':
      return { kind: 'BlacklistSet', ...event.value };
    case 'sagasFinished':
      return { kind: 'SagasFinished', ...event.value };
    default:
      return stepEventFromWire(event, { key: stepKeyFromWire(key) });
  }
}

function stepEventFromWire(event: WireStepEvent, key: Pick<StepEvent, 'key'>): StepEvent {
  switch (event.$case) {
    case 'holdPlaced': {
      const { reserve, protectionPriceTicks } = event.value;
      return { kind: 'HoldPlaced', ...key, reserve: reserveFromWire(present(reserve)), protectionPriceTicks };
    }
    case 'holdReleased':
      return { kind: 'HoldReleased', ...key, ...event.value };
    case 'lotsReleased':
      return { kind: 'LotsReleased', ...key, ...event.value };
    case 'holdRaised': {
      const { order, ...rest } = event.value;
      return { kind: 'HoldRaised', ...key, ...rest, order: reserveFromWire(present(order)) };
    }
    case 'holdLowered':
      return { kind: 'HoldLowered', ...key, ...event.value };
    case 'fillApplied':
      return { kind: 'FillApplied', ...key, fill: present(event.value.fill) };
    case 'fundsCredited':
      return { kind: 'FundsCredited', ...key, funds: present(event.value.funds) };
    case 'fundsHeld':
      return { kind: 'FundsHeld', ...key, funds: present(event.value.funds) };
    case 'fundsReleased':
      return { kind: 'FundsReleased', ...key, funds: present(event.value.funds) };
    case 'fundsDebited':
      return { kind: 'FundsDebited', ...key, funds: present(event.value.funds) };
    case 'accountFrozenSet':
      return { kind: 'AccountFrozenSet', ...key, freeze: present(event.value.frozen) };
    case 'stepRefused': {
      const { reasons, account, symbol } = event.value;
      return { kind: 'StepRefused', ...key, reasons: fromWireReasons(reasons), account, symbol };
    }
    case 'compensationNoted':
      return { kind: 'CompensationNoted', ...key };
  }
}

function limitsFromWire(set: risk.LimitsSet): { scope: LimitScope; limits: OrderLimits } {
  const { account, symbol, ...limits } = set;
  return { scope: { account, symbol }, limits };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a journaled risk event lacks its body');
  return value;
}
