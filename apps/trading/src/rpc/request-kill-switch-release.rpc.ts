import type { trading } from '@clearway/contracts';
import { fields, type UnaryHandler } from '@clearway/platform-rpc';
import { killSwitchToWire, scopeFromWire } from '../codec/kill-switch.codec';
import type { TradingCore } from '../trading-core';
import { refusalOf } from './order-answers';

/** The first of the two persons that a release needs. */
export function requestKillSwitchReleaseRpc(
  core: TradingCore,
): UnaryHandler<trading.RequestKillSwitchReleaseRequest, trading.RequestKillSwitchReleaseResponse> {
  return async (request, call) => {
    const check = fields();
    const scope = scopeFromWire(request.scope, check);
    check.done();
    const operator = call.caller.spiffeId;
    const outcome = await core.submit({ kind: 'RequestKillSwitchRelease', scope, operator }, call);
    if (outcome.kind !== 'kill-switch') throw refusalOf(outcome);
    return { killSwitch: killSwitchToWire(outcome.killSwitch) };
  };
}
