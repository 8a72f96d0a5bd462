import type { Market } from '@clearway/domain-trading';
import type { TradingCore } from '../trading-core';

/** The durable state of a market that is known to be listed, without its book. */
export async function readMarket(
  core: TradingCore,
  symbol: string,
): Promise<Pick<Market, 'instrument' | 'status' | 'lastPriceTicks'>> {
  const market = await core.read((state) => {
    const found = state.markets.get(symbol);
    return (
      found && { instrument: found.instrument, status: found.status, lastPriceTicks: found.lastPriceTicks }
    );
  });
  if (!market) throw new Error(`market ${symbol} was listed and is gone`);
  return market;
}
