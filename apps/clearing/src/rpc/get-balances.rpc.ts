import type { clearing } from '@clearway/contracts';
import { balancesOf, type SettledBalance } from '@clearway/domain-clearing';
import { type AssetCatalogue, formatDecimal } from '@clearway/kernel';
import { fields, requireOwnAccount, type UnaryHandler } from '@clearway/platform-rpc';
import type { ClearingShard } from '../clearing-core';
import { decimalsOf } from '../codec/transfer.codec';
import type { LedgerQueries } from '../projections/ledger-queries';
import { READ_MODEL } from '../projections/read-model';

/** A moment further ahead than clocks differ lies in the future. */
const CLOCK_SKEW_MICROS = 1_000_000;

/** What GetBalances needs. */
export interface BalancePorts {
  readonly shard: ClearingShard;
  readonly assets: AssetCatalogue;
  readonly queries: Pick<LedgerQueries, 'balancesAsOf'>;
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
    const now = await ports.shard.read((state) => ({
      balances: balancesOf(state, account),
      frozen: state.freezes.isFrozen(account),
    }));
    const balances = asOfMicros === 0 ? now.balances : await balancesAsOf(ports, account, asOfMicros);
    return { account, balances: balances.map((each) => toWire(each, ports.assets)), frozen: now.frozen };
  };
}

async function balancesAsOf(
  { shard, queries }: BalancePorts,
  account: string,
  asOfMicros: number,
): Promise<readonly SettledBalance[]> {
  await shard.caughtUp(READ_MODEL);
  return queries.balancesAsOf(account, asOfMicros);
}

function toWire({ asset, amountMinor }: SettledBalance, assets: AssetCatalogue): clearing.Balance {
  return { asset, amount: formatDecimal(amountMinor, decimalsOf(assets, asset)) };
}
