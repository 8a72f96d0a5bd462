import { common, type trading } from '@clearway/contracts';
import { type AuctionPrice, NEVER } from '@clearway/domain-matching';
import {
  type Instrument,
  indicativePriceOf,
  type ListingTerms,
  type Market,
  statusOf,
} from '@clearway/domain-trading';
import { formatPrice, formatQuantity } from './decimal.codec';
import { TRADING_PHASE, TRADING_STATUS } from './enums.codec';
import { rulesFromWire, rulesToWire } from './trading-rules.codec';

/** An instrument with its status, last price and phase. Call it on the state itself: it looks at the book while orders are collected. */
export function instrumentToWire(market: Market): trading.Instrument {
  const { instrument, lastPriceTicks } = market;
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
    tradingStatus: TRADING_STATUS.toWire(statusOf(market)),
    lastPrice: lastPriceTicks === 0 ? '' : formatPrice(instrument, lastPriceTicks),
    rules: instrument.rules && rulesToWire(instrument.rules),
    session: sessionToWire(market),
  };
}

function sessionToWire(market: Market): trading.SessionState {
  const { instrument, phase, dueAtMicros, auctionPriceTicks } = market;
  const indicative = indicativePriceOf(market);
  return {
    phase: TRADING_PHASE.toWire(phase),
    phaseEndsAtMicros: dueAtMicros === NEVER ? 0 : dueAtMicros,
    auctionPrice: auctionPriceTicks === 0 ? '' : formatPrice(instrument, auctionPriceTicks),
    indicative: indicative && indicativeToWire(instrument, indicative),
  };
}

function indicativeToWire(instrument: Instrument, indicative: AuctionPrice): trading.AuctionState {
  const { priceTicks, volumeLots, surplusLots } = indicative;
  const { SIDE_UNSPECIFIED, SIDE_BUY, SIDE_SELL } = common.Side;
  return {
    price: formatPrice(instrument, priceTicks),
    quantity: formatQuantity(instrument, volumeLots),
    surplus: formatQuantity(instrument, Math.abs(surplusLots)),
    surplusSide: surplusLots === 0 ? SIDE_UNSPECIFIED : surplusLots > 0 ? SIDE_BUY : SIDE_SELL,
  };
}

/** What a listing asks for. */
export function listingFromWire(wire: trading.Instrument): ListingTerms {
  const { symbol, baseAsset, quoteAsset, tickSize, lotSize, baseDecimals, quoteDecimals, rules } = wire;
  const { referencePrice, makerFeeBps, takerFeeBps } = wire;
  const units = { tickSize, lotSize, baseDecimals, quoteDecimals };
  const terms = { symbol, baseAsset, quoteAsset, ...units, referencePrice, makerFeeBps, takerFeeBps };
  return rules ? { ...terms, rules: rulesFromWire(rules) } : terms;
}

/** Copies fields that the journal and the domain name alike. */
export function listedToWire({ rules, ...units }: Instrument): trading.InstrumentListed {
  return { ...units, rules: rules && rulesToWire(rules) };
}

/** Reads back what `listedToWire` wrote. */
export function listedFromWire({ rules, ...units }: trading.InstrumentListed): Instrument {
  return rules ? { ...units, rules: rulesFromWire(rules) } : units;
}
