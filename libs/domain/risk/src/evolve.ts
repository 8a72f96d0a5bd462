import { type StepOutcome, SUCCEEDED } from '@clearway/domain-saga';
import type { AccountAmount, AccountFreeze, ApplyFill } from './actions';
import type { RiskEvent, StepEvent } from './events';
import { baseMinor, type Hold, heldAsset, holdOf, needMinor, notionalMinor } from './hold';
import { ORDERS_PER_MINUTE_UNLIMITED } from './limits';
import { encodeReserveResult } from './reserve-result';
import type { RiskState } from './risk-state';

/** Applies one event in place: the only code that changes risk's state. */
export function evolve(state: RiskState, event: RiskEvent, timeMicros: number): void {
  switch (event.kind) {
    case 'LimitsSet':
      return state.limits.set(event.scope, event.limits);
    case 'BlacklistSet':
      if (event.blacklisted) state.blacklist.set(event.participant, event.note);
      else state.blacklist.delete(event.participant);
      return;
    case 'SagasFinished':
      return state.log.forgetBelow(event.originShard, event.finishedBelow);
    default:
      applyStep(state, event, timeMicros);
      state.log.record(event.key, outcomeOf(event));
  }
}

/** Applies what one event does to holds, funds and freezes alone, for read models: no bookkeeping of sagas, limits or the blacklist. */
export function evolveHoldings(state: RiskState, event: RiskEvent, timeMicros: number): void {
  if (event.kind === 'LimitsSet' || event.kind === 'BlacklistSet' || event.kind === 'SagasFinished') return;
  applyStep(state, event, timeMicros);
}

function outcomeOf(event: StepEvent): StepOutcome {
  if (event.kind === 'StepRefused') return { status: 'refused', reasons: event.reasons };
  if (event.kind === 'HoldRaised')
    return {
      status: 'succeeded',
      result: encodeReserveResult({ protectionPriceTicks: event.orderPriceTicks }),
    };
  if (event.kind !== 'HoldPlaced') return SUCCEEDED;
  return { status: 'succeeded', result: encodeReserveResult(event) };
}

function applyStep(state: RiskState, event: StepEvent, timeMicros: number): void {
  switch (event.kind) {
    case 'HoldPlaced':
      return placeHold(state, event, timeMicros);
    case 'HoldReleased':
      return shrinkHold(state, holdOfOrder(state, event.key.originShard, event.orderNumber), 0);
    case 'LotsReleased':
      return releaseLots(state, event);
    case 'HoldRaised':
      return raiseHold(state, event, timeMicros);
    case 'HoldLowered':
      return lowerHold(state, event);
    case 'FillApplied':
      return applyFill(state, event.key.originShard, event.fill);
    case 'FundsCredited':
      return changeFunds(state, event.funds, 1n, 0n);
    case 'FundsHeld':
      return changeFunds(state, event.funds, 0n, 1n);
    case 'FundsReleased':
      return changeFunds(state, event.funds, 0n, -1n);
    case 'FundsDebited':
      return changeFunds(state, event.funds, -1n, -1n);
    case 'AccountFrozenSet':
      return setFreeze(state, event.freeze);
    case 'StepRefused':
      return countRefusedOrder(state, event, timeMicros);
    case 'CompensationNoted':
      return;
  }
}

function placeHold(state: RiskState, event: StepEvent & { kind: 'HoldPlaced' }, timeMicros: number): void {
  const hold = holdOf(event.key.originShard, event.reserve, event.protectionPriceTicks);
  state.holds.put(hold);
  state.funds.change(hold.account, heldAsset(hold), { heldForOrdersMinor: needMinor(hold) });
  countOrder(state, hold.account, hold.symbol, timeMicros);
  const { symbol, baseAsset, quoteAsset } = hold;
  if (!state.symbolAssets.has(symbol)) state.symbolAssets.set(symbol, { baseAsset, quoteAsset });
}

function releaseLots(state: RiskState, event: StepEvent & { kind: 'LotsReleased' }): void {
  const hold = holdOfOrder(state, event.key.originShard, event.orderNumber);
  shrinkHold(state, hold, hold.openLots - event.quantityLots);
}

function raiseHold(state: RiskState, event: StepEvent & { kind: 'HoldRaised' }, timeMicros: number): void {
  const hold = holdOfOrder(state, event.key.originShard, event.order.orderNumber);
  const { addedLots, protectionPriceTicks, version } = event;
  setHold(state, hold, { ...hold, openLots: hold.openLots + addedLots, protectionPriceTicks, version });
  countOrder(state, hold.account, hold.symbol, timeMicros);
}

function lowerHold(state: RiskState, event: StepEvent & { kind: 'HoldLowered' }): void {
  const hold = holdOfOrder(state, event.key.originShard, event.orderNumber);
  const protectionPriceTicks = event.protectionPriceTicks || hold.protectionPriceTicks;
  setHold(state, hold, { ...hold, openLots: hold.openLots - event.quantityLots, protectionPriceTicks });
}

function setHold(state: RiskState, from: Hold, to: Hold): void {
  state.holds.put(to);
  state.funds.change(to.account, heldAsset(to), { heldForOrdersMinor: needMinor(to) - needMinor(from) });
}

function applyFill(state: RiskState, originShard: string, fill: ApplyFill): void {
  const hold = holdOfOrder(state, originShard, fill.orderNumber);
  shrinkHold(state, hold, hold.openLots - fill.quantityLots);
  const base = baseMinor(hold, fill.quantityLots);
  const notional = notionalMinor(hold, fill.priceTicks, fill.quantityLots);
  const buys = hold.side === 'buy';
  const quoteChange = (buys ? -notional : notional) - fill.feeMinor;
  state.funds.change(hold.account, hold.baseAsset, { totalMinor: buys ? base : -base });
  state.funds.change(hold.account, hold.quoteAsset, { totalMinor: quoteChange });
  state.recentFills.record(hold.symbol, fill.quantityLots);
}

/** Sets a hold's open lots and releases what it no longer needs, recomputed from the lots that are left. */
function shrinkHold(state: RiskState, hold: Hold, openLots: number): void {
  setHold(state, hold, { ...hold, openLots });
}

function holdOfOrder(state: RiskState, originShard: string, orderNumber: number): Hold {
  const hold = state.holds.get(originShard, orderNumber);
  if (!hold) throw new Error(`order ${originShard}#${orderNumber} holds nothing`);
  return hold;
}

function changeFunds(state: RiskState, funds: AccountAmount, total: bigint, held: bigint): void {
  state.funds.change(funds.account, funds.asset, {
    totalMinor: total * funds.amountMinor,
    heldForWithdrawalsMinor: held * funds.amountMinor,
  });
}

function setFreeze(state: RiskState, { account, frozen, version }: AccountFreeze): void {
  const seen = state.freezes.get(account);
  if (!seen || version >= seen.version) state.freezes.set(account, { frozen, version });
}

function countRefusedOrder(
  state: RiskState,
  event: StepEvent & { kind: 'StepRefused' },
  timeMicros: number,
): void {
  if (event.account === '' || event.reasons.some(({ code }) => code === 'ORDER_RATE')) return;
  countOrder(state, event.account, event.symbol, timeMicros);
}

function countOrder(state: RiskState, account: string, symbol: string, timeMicros: number): void {
  const { ordersPerMinuteMax } = state.limits.effective(account, symbol);
  if (ordersPerMinuteMax !== ORDERS_PER_MINUTE_UNLIMITED)
    state.orderRates.record(account, symbol, timeMicros);
}
