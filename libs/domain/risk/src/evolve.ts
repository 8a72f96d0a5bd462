import { type StepOutcome, SUCCEEDED } from '@clearway/domain-saga';
import type { AccountAmount, AccountFreeze, ApplyFill } from './actions';
import type { RiskEvent, StepEvent } from './events';
import type { FundsBook } from './funds-book';
import { baseMinor, type Hold, heldAsset, holdOf, needMinor, notionalMinor } from './hold';
import type { HoldBook } from './hold-book';
import { ORDERS_PER_MINUTE_UNLIMITED } from './limits';
import { encodeReserveResult } from './reserve-result';
import type { Freeze, RiskState } from './risk-state';

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
    default: {
      const hold = evolveHoldings(state, event);
      count(state, event, hold, timeMicros);
      state.log.record(event.key, outcomeOf(event));
    }
  }
}

/** What read models follow of risk's state: the machine's own books, or what somebody keeps in their place. */
export interface Holdings {
  readonly funds: Pick<FundsBook, 'change'>;
  readonly holds: Pick<HoldBook, 'get' | 'put'>;
  readonly freezes: Map<string, Freeze>;
}

/**
 * Applies what one event does to holds, funds and freezes alone: no bookkeeping of sagas, rules, limits or the blacklist.
 * @returns the hold that the event placed, or found before it changed it; undefined when it is about none
 */
export function evolveHoldings(holdings: Holdings, event: RiskEvent): Hold | undefined {
  switch (event.kind) {
    case 'HoldPlaced':
      return placeHold(holdings, event);
    case 'HoldReleased':
      return shrinkHold(holdings, event.key.originShard, event.orderNumber, 'all');
    case 'LotsReleased':
      return shrinkHold(holdings, event.key.originShard, event.orderNumber, event.quantityLots);
    case 'HoldRaised':
      return raiseHold(holdings, event);
    case 'HoldLowered':
      return lowerHold(holdings, event);
    case 'FillApplied':
      return applyFill(holdings, event.key.originShard, event.fill);
    case 'FundsCredited':
      return changeFunds(holdings, event.funds, 1n, 0n);
    case 'FundsHeld':
      return changeFunds(holdings, event.funds, 0n, 1n);
    case 'FundsReleased':
      return changeFunds(holdings, event.funds, 0n, -1n);
    case 'FundsDebited':
      return changeFunds(holdings, event.funds, -1n, -1n);
    case 'AccountFrozenSet':
      return setFreeze(holdings, event.freeze);
    case 'LimitsSet':
    case 'BlacklistSet':
    case 'SagasFinished':
    case 'StepRefused':
    case 'CompensationNoted':
      return undefined;
  }
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

function placeHold(holdings: Holdings, event: StepEvent & { kind: 'HoldPlaced' }): Hold {
  const hold = holdOf(event.key.originShard, event.reserve, event.protectionPriceTicks);
  holdings.holds.put(hold);
  holdings.funds.change(hold.account, heldAsset(hold), { heldForOrdersMinor: needMinor(hold) });
  return hold;
}

function raiseHold(holdings: Holdings, event: StepEvent & { kind: 'HoldRaised' }): Hold {
  const hold = holdOfOrder(holdings, event.key.originShard, event.order.orderNumber);
  const { addedLots, protectionPriceTicks, version } = event;
  setHold(holdings, hold, { ...hold, openLots: hold.openLots + addedLots, protectionPriceTicks, version });
  return hold;
}

function lowerHold(holdings: Holdings, event: StepEvent & { kind: 'HoldLowered' }): Hold {
  const hold = holdOfOrder(holdings, event.key.originShard, event.orderNumber);
  const protectionPriceTicks = event.protectionPriceTicks || hold.protectionPriceTicks;
  setHold(holdings, hold, { ...hold, openLots: hold.openLots - event.quantityLots, protectionPriceTicks });
  return hold;
}

function setHold({ holds, funds }: Holdings, from: Hold, to: Hold): void {
  holds.put(to);
  funds.change(to.account, heldAsset(to), { heldForOrdersMinor: needMinor(to) - needMinor(from) });
}

function applyFill(holdings: Holdings, originShard: string, fill: ApplyFill): Hold {
  const { funds } = holdings;
  const hold = shrinkHold(holdings, originShard, fill.orderNumber, fill.quantityLots);
  const base = baseMinor(hold, fill.quantityLots);
  const notional = notionalMinor(hold, fill.priceTicks, fill.quantityLots);
  const buys = hold.side === 'buy';
  const quoteChange = (buys ? -notional : notional) - fill.feeMinor;
  funds.change(hold.account, hold.baseAsset, { totalMinor: buys ? base : -base });
  funds.change(hold.account, hold.quoteAsset, { totalMinor: quoteChange });
  return hold;
}

/** Takes lots from a hold, and releases what those that are left no longer need. */
function shrinkHold(
  holdings: Holdings,
  originShard: string,
  orderNumber: number,
  quantityLots: number | 'all',
): Hold {
  const hold = holdOfOrder(holdings, originShard, orderNumber);
  const openLots = quantityLots === 'all' ? 0 : hold.openLots - quantityLots;
  setHold(holdings, hold, { ...hold, openLots });
  return hold;
}

function holdOfOrder({ holds }: Holdings, originShard: string, orderNumber: number): Hold {
  const hold = holds.get(originShard, orderNumber);
  if (!hold) throw new Error(`order ${originShard}#${orderNumber} holds nothing`);
  return hold;
}

function changeFunds({ funds }: Holdings, amount: AccountAmount, total: bigint, held: bigint): undefined {
  funds.change(amount.account, amount.asset, {
    totalMinor: total * amount.amountMinor,
    heldForWithdrawalsMinor: held * amount.amountMinor,
  });
}

function setFreeze({ freezes }: Holdings, { account, frozen, version }: AccountFreeze): undefined {
  const seen = freezes.get(account);
  if (!seen || version >= seen.version) freezes.set(account, { frozen, version });
}

/** Counts what rules ask for: orders, fills, and which assets a symbol has. */
function count(state: RiskState, event: StepEvent, hold: Hold | undefined, timeMicros: number): void {
  if (event.kind === 'StepRefused') return countRefusedOrder(state, event, timeMicros);
  if (hold === undefined) return;
  if (event.kind === 'FillApplied') state.recentFills.record(hold.symbol, event.fill.quantityLots);
  if (event.kind !== 'HoldPlaced' && event.kind !== 'HoldRaised') return;
  const { account, symbol, baseAsset, quoteAsset } = hold;
  countOrder(state, account, symbol, timeMicros);
  if (!state.symbolAssets.has(symbol)) state.symbolAssets.set(symbol, { baseAsset, quoteAsset });
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
