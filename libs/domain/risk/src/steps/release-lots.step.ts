import type { RiskActionOf } from '../actions';
import type { StepEvent } from '../events';
import { hostBug, type StepContext } from './step-context';

/** Lowers an order's hold by lots that will never trade. */
export function releaseLots({ state, key }: StepContext, action: RiskActionOf<'ReleaseLots'>): StepEvent {
  const { orderNumber, quantityLots } = action;
  const hold = state.holds.get(key.originShard, orderNumber);
  if (!hold || quantityLots > hold.openLots) {
    const openLots = hold?.openLots ?? 0;
    return hostBug(key, `Order ${orderNumber} holds ${openLots} lots; ${quantityLots} cannot be released.`);
  }
  return { kind: 'LotsReleased', key, orderNumber, quantityLots };
}
