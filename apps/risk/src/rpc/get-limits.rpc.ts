import type { risk } from '@clearway/contracts';
import { fields, requireOwnAccount, type UnaryHandler } from '@clearway/platform-rpc';
import { limitsToWire, NO_ASSETS } from '../codec/limits.codec';
import { CODE } from '../codec/risk-fields';
import type { RiskCore } from '../risk-core';

/** Shows the limits that apply to an account's orders in a symbol, after defaults and overrides. */
export function getLimits(core: RiskCore): UnaryHandler<risk.GetLimitsRequest, risk.GetLimitsResponse> {
  const catalogue = core.settings.CLEARWAY_ASSETS;
  return async ({ account, symbol }, { caller }) => {
    const check = fields();
    if (account !== '') check.accountId('account', account);
    check.optionalText('symbol', symbol, CODE);
    check.done();
    requireOwnAccount(caller, account);
    const { limits, assets } = await core.read((state) => ({
      limits: state.limits.effective(account, symbol),
      assets: state.symbolAssets.get(symbol) ?? NO_ASSETS,
    }));
    return { limits: limitsToWire(limits, assets, catalogue) };
  };
}
