import type { risk } from '@clearway/contracts';
import type { RiskRequest } from '@clearway/domain-clearing';
import type { SagaCall } from '@clearway/domain-saga';
import { toWirePhase } from '@clearway/platform-saga';

/** A step of one of clearing's sagas as risk receives it. */
export function toWireRiskStep(call: SagaCall<RiskRequest>, traceparent: string): risk.RiskStep {
  const { sagaNumber, step, phase, request } = call;
  return { sagaNumber, step, phase: toWirePhase(phase), action: toAction(request), traceparent };
}

function toAction(request: RiskRequest): NonNullable<risk.RiskStep['action']> {
  if (request.kind === 'SetAccountFrozen') {
    const { account, frozen, version } = request;
    return { $case: 'setAccountFrozen', value: { account, frozen, version } };
  }
  const { account, asset, amountMinor } = request;
  const value = { account, asset, amountMinor };
  switch (request.kind) {
    case 'CreditFunds':
      return { $case: 'creditFunds', value };
    case 'HoldFunds':
      return { $case: 'holdFunds', value };
    case 'ReleaseFunds':
      return { $case: 'releaseFunds', value };
    case 'DebitHeldFunds':
      return { $case: 'debitHeldFunds', value };
  }
}
