import type { ApplyFill, RiskActionOf } from '../actions';
import type { StepEvent } from '../events';
import { feeMinor, type Hold, notionalMinor } from '../hold';
import { hostBug, type StepContext } from './step-context';

/** Turns held lots into a position. A fill that its hold does not cover is refused as a bug of the host. */
export function applyFill({ state, key }: StepContext, action: RiskActionOf<'ApplyFill'>): StepEvent {
  const { kind: _, ...fill } = action;
  const hold = state.holds.get(key.originShard, fill.orderNumber);
  const uncovered = hold ? whyNotCovered(hold, fill) : `Order ${fill.orderNumber} holds nothing.`;
  return uncovered ? hostBug(key, uncovered) : { kind: 'FillApplied', key, fill };
}

function whyNotCovered(hold: Hold, fill: ApplyFill): string | undefined {
  const { orderNumber, quantityLots, priceTicks } = fill;
  if (quantityLots > hold.openLots) {
    return `Order ${orderNumber} holds ${hold.openLots} lots; a fill of ${quantityLots} is not covered.`;
  }
  const worse =
    hold.side === 'buy' ? priceTicks > hold.protectionPriceTicks : priceTicks < hold.protectionPriceTicks;
  if (worse) {
    return `A fill at ${priceTicks} ticks is worse than the order's ${hold.protectionPriceTicks} ticks.`;
  }
  const feeMax = feeMinor(hold, notionalMinor(hold, priceTicks, quantityLots));
  if (fill.feeMinor > feeMax) return `A fee of ${fill.feeMinor} exceeds the ${feeMax} held for this fill.`;
  return undefined;
}
