import { parseDecimal } from '@clearway/kernel';
import type { FieldProblem } from './field-problem';
import { rulesOrNone, rulesProblems, type TradingRules } from './trading-rules';

/** An instrument's units as integers, so that no price or quantity is ever a fraction. */
export interface Instrument {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  /** Tick size = tickUnits × 10^-priceDecimals. */
  readonly tickUnits: number;
  readonly priceDecimals: number;
  /** Lot size = lotUnits × 10^-quantityDecimals. */
  readonly lotUnits: number;
  readonly quantityDecimals: number;
  /** Base minor units in one lot. */
  readonly lotSizeMinor: bigint;
  /** Quote minor units that one lot costs at a price of one tick. */
  readonly tickValueMinor: bigint;
  readonly baseDecimals: number;
  readonly quoteDecimals: number;
  readonly referencePriceTicks: number;
  readonly makerFeeBps: number;
  readonly takerFeeBps: number;
  /** Absent for an instrument that trades around the clock at any price. */
  readonly rules?: TradingRules | undefined;
}

/** What a listing asks for: decimal strings as an operator writes them. */
export interface ListingTerms {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly tickSize: string;
  readonly lotSize: string;
  readonly baseDecimals: number;
  readonly quoteDecimals: number;
  readonly referencePrice: string;
  readonly makerFeeBps: number;
  readonly takerFeeBps: number;
  readonly rules?: TradingRules | undefined;
}

/** Highest fee: all of the notional would be 10,000 basis points. */
export const FEE_BPS_MAX = 1_000;
const SYMBOL = /^[A-Z0-9][A-Z0-9.-]{0,19}$/;
const DECIMALS_MAX = 18;
const UNITS_MAX = 1_000_000_000;

/** The instrument in integer units, or which fields make it impossible. */
export type ListingResult =
  | { readonly ok: true; readonly instrument: Instrument }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** Turns listing terms into integer units, or says which fields make that impossible. */
export function instrumentOf(terms: ListingTerms): ListingResult {
  const problems: FieldProblem[] = [];
  const bad = (field: string, problem: string) => void problems.push({ field, problem });
  if (!SYMBOL.test(terms.symbol)) bad('symbol', 'must be 1 to 20 of A-Z 0-9 . -');
  if (!SYMBOL.test(terms.baseAsset)) bad('base_asset', 'must be 1 to 20 of A-Z 0-9 . -');
  if (!SYMBOL.test(terms.quoteAsset)) bad('quote_asset', 'must be 1 to 20 of A-Z 0-9 . -');
  if (terms.baseAsset === terms.quoteAsset) bad('quote_asset', 'must differ from base_asset');
  if (!isDecimals(terms.baseDecimals)) bad('base_decimals', 'must be 0 to 18');
  if (!isDecimals(terms.quoteDecimals)) bad('quote_decimals', 'must be 0 to 18');
  if (terms.makerFeeBps > FEE_BPS_MAX) bad('maker_fee_bps', `must be at most ${FEE_BPS_MAX}`);
  if (terms.takerFeeBps > FEE_BPS_MAX) bad('taker_fee_bps', `must be at most ${FEE_BPS_MAX}`);
  if (terms.rules) problems.push(...rulesProblems(terms.rules));
  const tick = unitsOf(terms.tickSize);
  const lot = unitsOf(terms.lotSize);
  if (!tick) bad('tick_size', 'must be a positive decimal');
  if (!lot) bad('lot_size', 'must be a positive decimal');
  if (!tick || !lot || problems.length > 0) return { ok: false, problems };
  const lotSizeMinor = scaled(BigInt(lot.units), terms.baseDecimals - lot.decimals);
  const tickValueMinor = scaled(
    BigInt(tick.units) * BigInt(lot.units),
    terms.quoteDecimals - tick.decimals - lot.decimals,
  );
  if (lotSizeMinor === undefined) bad('lot_size', 'must be a whole number of the base asset’s minor units');
  if (tickValueMinor === undefined)
    bad('tick_size', 'tick × lot must be a whole number of the quote asset’s minor units');
  const referencePriceTicks = multipleOf(terms.referencePrice, tick);
  if (referencePriceTicks === undefined)
    bad('reference_price', 'must be a positive multiple of the tick size');
  if (lotSizeMinor === undefined || tickValueMinor === undefined || referencePriceTicks === undefined)
    return { ok: false, problems };
  const rules = rulesOrNone(terms.rules);
  const instrument: Instrument = {
    symbol: terms.symbol,
    baseAsset: terms.baseAsset,
    quoteAsset: terms.quoteAsset,
    tickUnits: tick.units,
    priceDecimals: tick.decimals,
    lotUnits: lot.units,
    quantityDecimals: lot.decimals,
    lotSizeMinor,
    tickValueMinor,
    baseDecimals: terms.baseDecimals,
    quoteDecimals: terms.quoteDecimals,
    referencePriceTicks,
    makerFeeBps: terms.makerFeeBps,
    takerFeeBps: terms.takerFeeBps,
    ...(rules && { rules }),
  };
  return { ok: true, instrument };
}

/** Parses a price into ticks; undefined unless it is a positive multiple of the tick size within safe integers. */
export function parsePriceTicks(instrument: Instrument, price: string): number | undefined {
  return multipleOf(price, { units: instrument.tickUnits, decimals: instrument.priceDecimals });
}

/** Parses a quantity into lots; undefined unless it is a positive multiple of the lot size within safe integers. */
export function parseQuantityLots(instrument: Instrument, quantity: string): number | undefined {
  return multipleOf(quantity, { units: instrument.lotUnits, decimals: instrument.quantityDecimals });
}

/** Quote minor units of a trade or order: price × quantity × tick value. */
export function notionalMinor(instrument: Instrument, priceTicks: number, quantityLots: number): bigint {
  return BigInt(priceTicks) * BigInt(quantityLots) * instrument.tickValueMinor;
}

/** Fee in quote minor units, rounded down, so that the fees of an order's fills never exceed the fee of the whole. */
export function feeMinor(notional: bigint, feeBps: number): bigint {
  return (notional * BigInt(feeBps)) / 10_000n;
}

function isDecimals(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= DECIMALS_MAX;
}

function unitsOf(text: string): { units: number; decimals: number } | undefined {
  if (text.endsWith('.')) return undefined;
  const trimmed = text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
  const decimals = trimmed.includes('.') ? trimmed.length - trimmed.indexOf('.') - 1 : 0;
  const parsed = parseDecimal(trimmed, decimals);
  if (!parsed.ok || parsed.minor <= 0n || parsed.minor > UNITS_MAX) return undefined;
  return { units: Number(parsed.minor), decimals };
}

/** value × 10^power, undefined when that is not a whole positive number. */
function scaled(value: bigint, power: number): bigint | undefined {
  if (power >= 0) return value * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return value % divisor === 0n ? value / divisor : undefined;
}

function multipleOf(text: string, step: { units: number; decimals: number }): number | undefined {
  const parsed = parseDecimal(text, step.decimals);
  if (!parsed.ok || parsed.minor <= 0n || parsed.minor % BigInt(step.units) !== 0n) return undefined;
  const multiple = parsed.minor / BigInt(step.units);
  return multiple <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(multiple) : undefined;
}
