import type { trading } from '@clearway/contracts';
import { fields, RpcError, type UnaryHandler } from '@clearway/platform-rpc';
import { killSwitchToWire, scopeFromWire } from '../codec/kill-switch.codec';
import type { KillSweeper } from '../effects/kill-sweeper';
import type { TradingCore } from '../trading-core';
import { refusalOf } from './order-answers';

/** Longest note that is taken. */
const NOTE_CHARS_MAX = 500;

/** Stops new orders of a scope at once and answers when no open one is left. */
export function engageKillSwitchRpc(
  core: TradingCore,
  sweeper: KillSweeper,
): UnaryHandler<trading.EngageKillSwitchRequest, trading.EngageKillSwitchResponse> {
  return async (request, call) => {
    const check = fields();
    const scope = scopeFromWire(request.scope, check);
    const note = check.optionalText('note', request.note, { charsMax: NOTE_CHARS_MAX });
    check.done();
    const operator = call.caller.spiffeId;
    const outcome = await core.submit({ kind: 'EngageKillSwitch', scope, operator, note }, call);
    if (outcome.kind !== 'swept') throw refusalOf(outcome);
    if (outcome.openOrders === 0) return { killSwitch: killSwitchToWire(outcome.killSwitch) };
    const proven = await sweeper.sweep(scope, call.signal);
    if (!proven) throw new RpcError('OUTCOME_UNKNOWN');
    return { killSwitch: killSwitchToWire(proven) };
  };
}
