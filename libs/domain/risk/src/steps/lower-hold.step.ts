import type { RiskActionOf } from '../actions';
import type { StepEvent } from '../events';
import { actionSucceeded, hostBug, type StepContext } from './step-context';

/**
 * Lowers an order's hold by lots and to a price. A price of an older replacement than the hold's comes too late and changes
 * nothing. As a compensation it undoes only what its own step raised. A hold that is gone needs no lowering.
 */
export function lowerHold(context: StepContext, action: RiskActionOf<'LowerHold'>): StepEvent {
  const { state, key } = context;
  const { orderNumber, quantityLots, priceTicks, version } = action;
  const hold = state.holds.get(key.originShard, orderNumber);
  const isMine = key.phase === 'action' || actionSucceeded(context);
  if (!isMine || (!hold && quantityLots === 0)) return { kind: 'CompensationNoted', key };
  if (!hold || quantityLots > hold.openLots) {
    const openLots = hold?.openLots ?? 0;
    return hostBug(
      key,
      `Order ${orderNumber} holds ${openLots} lots; it cannot be lowered by ${quantityLots}.`,
    );
  }
  const protectionPriceTicks = version < (hold.version ?? 0) ? 0 : priceTicks;
  return { kind: 'HoldLowered', key, orderNumber, quantityLots, protectionPriceTicks };
}
