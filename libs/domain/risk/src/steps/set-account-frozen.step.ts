import type { RiskActionOf } from '../actions';
import type { StepEvent } from '../events';
import type { StepContext } from './step-context';

/** Follows clearing's freeze. It is recorded whatever its version; `evolve` ignores one that was overtaken. */
export function setAccountFrozen({ key }: StepContext, action: RiskActionOf<'SetAccountFrozen'>): StepEvent {
  const { account, frozen, version } = action;
  return { kind: 'AccountFrozenSet', key, freeze: { account, frozen, version } };
}
