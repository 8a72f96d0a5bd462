import { shardIndexOf } from '@clearway/platform-sharding';
import { accountOf, deposit, type Peer, sharesListing } from '@clearway/testing';
import { SHARDS } from './process-plan';

/** Instruments of the trial; every shard of trading has one. */
export const SYMBOLS: readonly string[] = ['AMZN', 'NVDA', 'MSFT', 'ORCL'];

const LIMITS = {
  orderQtyMax: '',
  orderNotionalMax: '',
  positionMax: '',
  ordersPerMinuteMax: 4_294_967_295,
  priceDeviationBpsMax: 0,
  fatFingerMultipleMax: 0,
};

/** Lists the instruments and gives everybody cash and shares. @throws Error when one shard would have nothing to do */
export async function openMarket(operator: Peer, participants: readonly string[]): Promise<void> {
  requireSpread('trading', SYMBOLS);
  requireSpread('risk', participants.map(accountOf));
  for (const symbol of SYMBOLS)
    await operator.tradingAdmin.call('listInstrument', { instrument: sharesListing(symbol) });
  const everywhere = { account: '', symbol: '', baseAsset: '', quoteAsset: '' };
  await operator.riskAdmin.call('setLimits', { ...everywhere, limits: LIMITS });
  for (const name of participants) {
    await deposit(operator, accountOf(name), 'USD', '100000000.00');
    for (const symbol of SYMBOLS) await deposit(operator, accountOf(name), symbol, '1000000');
  }
}

function requireSpread(service: 'trading' | 'risk', keys: readonly string[]): void {
  const used = new Set(keys.map((key) => shardIndexOf(key, SHARDS[service])));
  if (used.size !== SHARDS[service]) throw new Error(`${keys.join()} do not reach every shard of ${service}`);
}
