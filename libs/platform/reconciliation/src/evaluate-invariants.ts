import { type InvariantResult, invariant } from '@clearway/kernel';
import { crossServiceInvariants } from './cross-service-invariants';
import { ledgerInvariants } from './ledger-invariants';
import { serviceInvariants } from './service-invariants';
import type { SystemState } from './system-state';

/**
 * Evaluates every invariant of the system on one state of it. Pure. The first result, `system-at-rest`, says whether the
 * dumps belong together; when it does not hold, a break between two services may be one in time only.
 */
export function evaluateInvariants(state: SystemState): InvariantResult[] {
  return [
    invariant('system-at-rest', state.unrest),
    ...ledgerInvariants(state),
    ...crossServiceInvariants(state),
    ...serviceInvariants(state),
  ];
}
