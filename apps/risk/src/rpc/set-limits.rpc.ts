import type { risk } from '@clearway/contracts';
import { fields, type UnaryHandler } from '@clearway/platform-rpc';
import { limitsFromWire, limitsToWire } from '../codec/limits.codec';
import { CODE } from '../codec/risk-fields';
import { outcomeOf, type RiskCore } from '../risk-core';

/** Replaces the override of an account, a symbol, both, or the default; unset figures inherit. Answers what applies now. */
export function setLimits(core: RiskCore): UnaryHandler<risk.SetLimitsRequest, risk.SetLimitsResponse> {
  const catalogue = core.settings.CLEARWAY_ASSETS;
  return async (request, call) => {
    const { account, symbol, baseAsset, quoteAsset } = request;
    const check = fields();
    if (account !== '') check.accountId('account', account);
    check.optionalText('symbol', symbol, CODE);
    check.message('limits', request.limits);
    const limits = limitsFromWire(request, catalogue, check);
    check.done();
    const outcome = await core.submit({ kind: 'SetLimits', scope: { account, symbol }, limits }, call);
    const applied = outcomeOf(outcome, 'LimitsSet').limits;
    return { limits: limitsToWire(applied, { baseAsset, quoteAsset }, catalogue) };
  };
}
