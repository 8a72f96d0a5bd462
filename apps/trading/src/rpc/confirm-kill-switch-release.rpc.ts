import type { trading } from '@clearway/contracts';
import { fields, type UnaryHandler } from '@clearway/platform-rpc';
import { scopeFromWire } from '../codec/kill-switch.codec';
import type { TradingCore } from '../trading-core';
import { refusalOf } from './order-answers';

/** The second person's word: new orders of the scope pass again. */
export function confirmKillSwitchReleaseRpc(
  core: TradingCore,
): UnaryHandler<trading.ConfirmKillSwitchReleaseRequest, trading.ConfirmKillSwitchReleaseResponse> {
  return async (request, call) => {
    const check = fields();
    const scope = scopeFromWire(request.scope, check);
    check.done();
    const operator = call.caller.spiffeId;
    const outcome = await core.submit({ kind: 'ConfirmKillSwitchRelease', scope, operator }, call);
    if (outcome.kind !== 'done') throw refusalOf(outcome);
    return {};
  };
}
