import { reason } from '@clearway/kernel';
import type { RiskActionOf } from '../actions';
import type { StepEvent } from '../events';
import { baseMinor, type Hold, needMinor, notionalMinor, worsePriceTicks } from '../hold';
import { protectionPriceTicks } from '../protection-price';
import type { OrderUnderCheck } from '../rules/order-rule';
import { reasonsAgainst } from '../rules/order-rules';
import type { StepContext } from './step-context';

/**
 * Runs every rule on an order as it is to become, and adds to its hold what covers it both before and after. Funds and positions
 * are asked for the difference alone: the rest is held already.
 */
export function raiseHold(context: StepContext, action: RiskActionOf<'RaiseHold'>): StepEvent {
  const { state, key } = context;
  const { order, addedLots, version } = action;
  const hold = state.holds.get(key.originShard, order.orderNumber);
  if (!hold) return refused(context, action, [reason('TOO_LATE_TO_REPLACE')]);
  const limits = state.limits.effective(order.account, order.symbol);
  const orderPriceTicks = protectionPriceTicks(order, limits.priceDeviationBpsMax);
  const raised: Hold = {
    ...hold,
    openLots: hold.openLots + addedLots,
    protectionPriceTicks: worsePriceTicks(hold.side, hold.protectionPriceTicks, orderPriceTicks),
  };
  const checked: OrderUnderCheck = {
    order,
    state,
    limits,
    nowMicros: context.nowMicros,
    protectionPriceTicks: orderPriceTicks,
    needMinor: needMinor(raised) - needMinor(hold),
    quantityMinor: baseMinor(order, order.quantityLots),
    addedMinor: baseMinor(order, addedLots),
    notionalMinor: notionalMinor(order, orderPriceTicks, order.quantityLots),
  };
  const reasons = reasonsAgainst(checked);
  if (reasons.length > 0) return refused(context, action, reasons);
  const { protectionPriceTicks: price } = raised;
  return { kind: 'HoldRaised', key, order, addedLots, protectionPriceTicks: price, orderPriceTicks, version };
}

function refused(
  { key }: StepContext,
  { order }: RiskActionOf<'RaiseHold'>,
  reasons: Extract<StepEvent, { kind: 'StepRefused' }>['reasons'],
): StepEvent {
  return { kind: 'StepRefused', key, reasons, account: order.account, symbol: order.symbol };
}
