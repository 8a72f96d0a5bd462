import { reason } from '@clearway/kernel';
import type { TradingOutcome } from './commands';
import type { TradingHost } from './host';
import { type Instrument, instrumentOf, type ListingTerms } from './instrument';
import { marketOf } from './state';

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
    host.turn.publish({ kind: 'listed', instrument, phase: marketOf(host.state, instrument.symbol).phase });
  }
  return { kind: 'listed', instrument };
}

function sameInstrument(a: Instrument, b: Instrument): boolean {
  const { rules: rulesA, ...unitsA } = a;
  const { rules: rulesB, ...unitsB } = b;
  const fields = Object.keys(unitsA) as (keyof typeof unitsA)[];
  return (
    JSON.stringify(rulesA) === JSON.stringify(rulesB) &&
    fields.every((field) => unitsA[field] === unitsB[field])
  );
}
