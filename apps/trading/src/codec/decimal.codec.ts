import type { Instrument } from '@clearway/domain-trading';
import { formatDecimal } from '@clearway/kernel';

/** Places of an average price past those of the tick. */
const AVERAGE_EXTRA_DECIMALS = 4;

/** Lots as a decimal quantity in the instrument's units. */
export function formatQuantity({ lotUnits, quantityDecimals }: Instrument, quantityLots: number): string {
  return formatUnits(quantityLots, lotUnits, quantityDecimals);
}

/** Ticks as a decimal price. */
export function formatPrice({ tickUnits, priceDecimals }: Instrument, priceTicks: number): string {
  return formatUnits(priceTicks, tickUnits, priceDecimals);
}

/** Volume-weighted price of fills, rounded half up; empty while nothing is filled. */
export function formatAveragePrice(instrument: Instrument, cumTickLots: bigint, cumLots: number): string {
  if (cumLots === 0) return '';
  const { tickUnits, priceDecimals } = instrument;
  const scaled = cumTickLots * BigInt(tickUnits) * 10n ** BigInt(AVERAGE_EXTRA_DECIMALS);
  const lots = BigInt(cumLots);
  return formatDecimal((2n * scaled + lots) / (2n * lots), priceDecimals + AVERAGE_EXTRA_DECIMALS);
}

/** count × units with a point; plain numbers while they are exact, because this runs several times an order. */
function formatUnits(count: number, units: number, decimals: number): string {
  const value = count * units;
  if (!Number.isSafeInteger(value)) return formatDecimal(BigInt(count) * BigInt(units), decimals);
  if (decimals === 0) return String(value);
  const digits = String(value).padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
