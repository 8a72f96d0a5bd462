import type { RiskActionOf } from '../actions';
import type { StepEvent } from '../events';
import { actionSucceeded, type StepContext } from './step-context';

/**
 * Releases whatever the order still holds. As a compensation it undoes only the reserve of its own step; where there is
 * nothing to undo it is noted, so that a reserve that comes later is refused.
 */
export function releaseHold(context: StepContext, { orderNumber }: RiskActionOf<'ReleaseHold'>): StepEvent {
  const { state, key } = context;
  const mine = key.phase === 'action' || actionSucceeded(context);
  const hold = mine ? state.holds.get(key.originShard, orderNumber) : undefined;
  return hold ? { kind: 'HoldReleased', key, orderNumber } : { kind: 'CompensationNoted', key };
}
