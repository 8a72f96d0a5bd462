import type { RiskActionOf } from '../actions';
import type { StepEvent } from '../events';
import { baseMinor, holdOf, needMinor, notionalMinor } from '../hold';
import { protectionPriceTicks } from '../protection-price';
import type { OrderUnderCheck } from '../rules/order-rule';
import { reasonsAgainst } from '../rules/order-rules';
import { hostBug, type StepContext } from './step-context';

/** Runs every rule on the order and places its hold, or refuses with all reasons. */
export function reserve(context: StepContext, action: RiskActionOf<'Reserve'>): StepEvent {
  const { state, key } = context;
  const { kind: _, ...order } = action;
  if (state.holds.get(key.originShard, order.orderNumber)) {
    return hostBug(key, `Order ${order.orderNumber} of ${key.originShard} has a hold already.`);
  }
  const checked = underCheck(context, action);
  const reasons = reasonsAgainst(checked);
  if (reasons.length === 0) {
    return { kind: 'HoldPlaced', key, reserve: order, protectionPriceTicks: checked.protectionPriceTicks };
  }
  return { kind: 'StepRefused', key, reasons, account: order.account, symbol: order.symbol };
}

function underCheck({ state, key, nowMicros }: StepContext, order: RiskActionOf<'Reserve'>): OrderUnderCheck {
  const limits = state.limits.effective(order.account, order.symbol);
  const protection = protectionPriceTicks(order, limits.priceDeviationBpsMax);
  return {
    order,
    state,
    limits,
    nowMicros,
    protectionPriceTicks: protection,
    needMinor: needMinor(holdOf(key.originShard, order, protection)),
    quantityMinor: baseMinor(order, order.quantityLots),
    addedMinor: baseMinor(order, order.quantityLots),
    notionalMinor: notionalMinor(order, protection, order.quantityLots),
  };
}
