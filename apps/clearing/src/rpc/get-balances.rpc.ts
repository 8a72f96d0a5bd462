import type { clearing } from '@clearway/contracts';
import { balancesOf, type SettledBalance } from '@clearway/domain-clearing';
import { type AssetCatalogue, formatDecimal } from '@clearway/kernel';
import { fields, requireOwnAccount, type UnaryHandler } from '@clearway/platform-rpc';
import type { ClearingShard } from '../clearing-core';
import { decimalsOf } from '../codec/transfer.codec';

/** A moment further ahead than clocks differ lies in the future. */
const CLOCK_SKEW_MICROS = 1_000_000;

/** What GetBalances needs. */
export interface BalancePorts {
  readonly shard: ClearingShard;
  readonly assets: AssetCatalogue;
  /** Balances of an account right after the last entry at or before the moment, from the read model once it holds `nextEvent`. */
  balancesAsOf(account: string, asOfMicros: number, nextEvent: number): Promise<readonly SettledBalance[]>;
}

/** GetBalances: settled balances now, from memory, or as of a past moment, from the read model. `frozen` is always as of now. */
export function getBalancesRpc(
  ports: BalancePorts,
): UnaryHandler<clearing.GetBalancesRequest, clearing.GetBalancesResponse> {
  return async ({ account, asOfMicros }, call) => {
    requireOwnAccount(call.caller, account);
    const check = fields();
    check.accountId('account', account);
    check.integer('as_of_micros', asOfMicros, 0, Date.now() * 1_000 + CLOCK_SKEW_MICROS);
    check.done();
    const { position, value: now } = await ports.shard.readAt((state) => ({
      balances: balancesOf(state, account),
      frozen: state.freezes.isFrozen(account),
    }));
    const balances =
      asOfMicros === 0 ? now.balances : await ports.balancesAsOf(account, asOfMicros, position.nextEvent);
    return { account, balances: balances.map((each) => toWire(each, ports.assets)), frozen: now.frozen };
  };
}

function toWire({ asset, amountMinor }: SettledBalance, assets: AssetCatalogue): clearing.Balance {
  return { asset, amount: formatDecimal(amountMinor, decimalsOf(assets, asset)) };
}
