import { reason } from '@clearway/kernel';
import type { TradingOutcome } from './commands';
import type { TradingStatus } from './events';
import type { TradingHost } from './host';
import { type Instrument, instrumentOf, type ListingTerms } from './instrument';

/** Lists an instrument. The same terms again change nothing; other terms for a known symbol are refused. */
export function listInstrument(host: TradingHost, terms: ListingTerms): TradingOutcome {
  const listing = instrumentOf(terms);
  if (!listing.ok) return { kind: 'fields-invalid', problems: listing.problems };
  const { instrument } = listing;
  const known = host.state.markets.get(instrument.symbol)?.instrument;
  if (known && !sameInstrument(known, instrument)) {
    return { kind: 'refused', reason: reason('SYMBOL_EXISTS', undefined, { symbol: instrument.symbol }) };
  }
  if (!known) {
    host.turn.emit({ kind: 'InstrumentListed', instrument });
    host.turn.publish({ kind: 'listed', instrument });
  }
  return { kind: 'listed', instrument };
}

/** Halts or resumes an instrument; setting what is set changes nothing. */
export function setTradingStatus(host: TradingHost, symbol: string, status: TradingStatus): TradingOutcome {
  const market = host.state.markets.get(symbol);
  if (!market) return { kind: 'refused', reason: reason('UNKNOWN_SYMBOL', undefined, { symbol }) };
  if (market.status !== status) host.turn.emit({ kind: 'TradingStatusChanged', symbol, status });
  return { kind: 'status-set', symbol };
}

function sameInstrument(a: Instrument, b: Instrument): boolean {
  return (Object.keys(a) as (keyof Instrument)[]).every((field) => a[field] === b[field]);
}
