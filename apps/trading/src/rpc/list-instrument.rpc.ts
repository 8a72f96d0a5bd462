import type { trading } from '@clearway/contracts';
import type { AssetCatalogue } from '@clearway/kernel';
import { fields, type UnaryHandler } from '@clearway/platform-rpc';
import { listingFromWire } from '../codec/instrument.codec';
import { outcomeOf, type TradingCore } from '../trading-core';
import { refusalOf } from './order-answers';
import { readMarket } from './read-market';

/** Makes an instrument tradable. Its assets must be in the catalogue, with the catalogue's decimals. */
export function listInstrumentRpc(
  core: TradingCore,
  assets: AssetCatalogue,
): UnaryHandler<trading.ListInstrumentRequest, trading.ListInstrumentResponse> {
  return async ({ instrument }, call) => {
    const check = fields();
    const wire = check.message('instrument', instrument);
    check.done();
    if (!wire) throw new Error('checked above');
    const isCatalogued = (asset: string, decimals: number) => assets.get(asset) === decimals;
    check.require(
      isCatalogued(wire.baseAsset, wire.baseDecimals),
      'instrument.base_asset',
      'is not in the catalogue with these decimals',
    );
    check.require(
      isCatalogued(wire.quoteAsset, wire.quoteDecimals),
      'instrument.quote_asset',
      'is not in the catalogue with these decimals',
    );
    check.done();
    const outcome = await core.submit({ kind: 'ListInstrument', terms: listingFromWire(wire) }, call);
    if (outcome.kind !== 'listed') throw refusalOf(outcome);
    const { symbol } = outcomeOf(outcome, 'listed').instrument;
    return { instrument: await readMarket(core, symbol) };
  };
}
