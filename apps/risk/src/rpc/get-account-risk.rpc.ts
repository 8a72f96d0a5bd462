import type { risk } from '@clearway/contracts';
import { availableMinor, type FundsEntry, type RiskState } from '@clearway/domain-risk';
import { type AssetCatalogue, formatDecimal, participantOf } from '@clearway/kernel';
import { fields, RpcError, requireOwnAccount, type UnaryHandler } from '@clearway/platform-rpc';
import type { RiskCore } from '../risk-core';

/** Shows what an account has, holds and may do, as of the last durable event. */
export function getAccountRisk(
  core: RiskCore,
): UnaryHandler<risk.GetAccountRiskRequest, risk.GetAccountRiskResponse> {
  const catalogue = core.settings.CLEARWAY_ASSETS;
  return async ({ account }, { caller }) => {
    const check = fields();
    check.accountId('account', account);
    check.done();
    requireOwnAccount(caller, account);
    const answer = await core.read((state) => view(state, account, catalogue));
    if (!answer) throw new RpcError('UNKNOWN_ACCOUNT', undefined, { account });
    return answer;
  };
}

function view(
  state: RiskState,
  account: string,
  catalogue: AssetCatalogue,
): risk.GetAccountRiskResponse | undefined {
  if (!state.funds.has(account)) return undefined;
  return {
    account,
    funds: state.funds.of(account).map((entry) => fundsToWire(entry, catalogue.get(entry.asset) ?? 0)),
    frozen: state.freezes.get(account)?.frozen ?? false,
    blacklisted: state.blacklist.has(participantOf(account)),
    openHolds: state.holds.countOf(account),
  };
}

function fundsToWire(entry: FundsEntry, decimals: number): risk.AssetFunds {
  const heldMinor = entry.heldForOrdersMinor + entry.heldForWithdrawalsMinor;
  return {
    asset: entry.asset,
    total: formatDecimal(entry.totalMinor, decimals),
    held: formatDecimal(heldMinor, decimals),
    available: formatDecimal(availableMinor(entry), decimals),
  };
}
