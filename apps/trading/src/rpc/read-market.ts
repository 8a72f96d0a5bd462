import type { trading } from '@clearway/contracts';
import { instrumentToWire } from '../codec/instrument.codec';
import type { TradingCore } from '../trading-core';

/** The durable state of a market that is known to be listed. */
export async function readMarket(core: TradingCore, symbol: string): Promise<trading.Instrument> {
  const market = await core.read((state) => {
    const found = state.markets.get(symbol);
    return found && instrumentToWire(found);
  });
  if (!market) throw new Error(`market ${symbol} was listed and is gone`);
  return market;
}
