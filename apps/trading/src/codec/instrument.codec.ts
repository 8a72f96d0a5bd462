import type { trading } from '@clearway/contracts';
import type { Instrument, ListingTerms, Market } from '@clearway/domain-trading';
import { formatPrice, formatQuantity } from './decimal.codec';
import { TRADING_STATUS } from './enums.codec';

/** An instrument with its status and last price. */
export function instrumentToWire({
  instrument,
  status,
  lastPriceTicks,
}: Pick<Market, 'instrument' | 'status' | 'lastPriceTicks'>): trading.Instrument {
  return {
    symbol: instrument.symbol,
    baseAsset: instrument.baseAsset,
    quoteAsset: instrument.quoteAsset,
    tickSize: formatPrice(instrument, 1),
    lotSize: formatQuantity(instrument, 1),
    baseDecimals: instrument.baseDecimals,
    quoteDecimals: instrument.quoteDecimals,
    referencePrice: formatPrice(instrument, instrument.referencePriceTicks),
    makerFeeBps: instrument.makerFeeBps,
    takerFeeBps: instrument.takerFeeBps,
    tradingStatus: TRADING_STATUS.toWire(status),
    lastPrice: lastPriceTicks === 0 ? '' : formatPrice(instrument, lastPriceTicks),
  };
}

/** What a listing asks for. */
export function listingFromWire(wire: trading.Instrument): ListingTerms {
  const { symbol, baseAsset, quoteAsset, tickSize, lotSize, baseDecimals, quoteDecimals } = wire;
  const { referencePrice, makerFeeBps, takerFeeBps } = wire;
  const units = { tickSize, lotSize, baseDecimals, quoteDecimals };
  return { symbol, baseAsset, quoteAsset, ...units, referencePrice, makerFeeBps, takerFeeBps };
}

/** Copies fields that the journal and the domain name alike. */
export function listedToWire(instrument: Instrument): trading.InstrumentListed {
  return { ...instrument };
}
