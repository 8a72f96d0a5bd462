import type { clearing } from '@clearway/contracts';
import { type LedgerAccount, ledgerBalances, settledValue } from '@clearway/domain-clearing';
import type { UnaryHandler } from '@clearway/platform-rpc';
import type { ClearingShard } from '../clearing-core';
import { toWirePurpose } from '../codec/posting.codec';

/** ListLedgerBalances: every ledger account and the settlement totals, at one position of the journal. */
export function listLedgerBalancesRpc(
  shard: ClearingShard,
): UnaryHandler<clearing.ListLedgerBalancesRequest, clearing.ListLedgerBalancesResponse> {
  return async () => {
    const { position, value } = await shard.readAt((state) => ({
      balances: ledgerBalances(state),
      settled: settledValue(state),
    }));
    const { balances, settled } = value;
    return {
      position,
      balances: balances.map(toWire),
      settledBuyMinor: Object.fromEntries(settled.buyMinor),
      settledSellMinor: Object.fromEntries(settled.sellMinor),
      legsSettled: settled.legsSettled,
      legsReversed: settled.legsReversed,
    };
  };
}

function toWire(account: Readonly<LedgerAccount>): clearing.LedgerBalance {
  const { owner, asset, purpose, debitsMinor, creditsMinor } = account;
  return { owner, asset, purpose: toWirePurpose(purpose), debitsMinor, creditsMinor };
}
