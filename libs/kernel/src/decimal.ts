/** Why a decimal string was not understood; a closed list, in the order in which it is checked. */
export type DecimalFailure = 'not-a-decimal' | 'too-many-decimals' | 'too-large';

/** Either the integer in minor units, or why there is none. */
export type DecimalResult =
  | { readonly ok: true; readonly minor: bigint }
  | { readonly ok: false; readonly failure: DecimalFailure };

/** Largest magnitude that any amount may have: it fits a signed 64-bit integer with room for a hundred additions. */
export const AMOUNT_MINOR_MAX = 2n ** 56n;

const DECIMAL = /^-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,18})?$/;

/**
 * Parses a decimal string such as "12.50" into integer minor units of `decimals` places ("12.50" with 2 gives 1250n).
 * Only plain ASCII digits with an optional minus and point are accepted: no exponent, no plus, no leading zero, no blank.
 * Trailing zeros past the asset's places are accepted because they change nothing; other digits there are a failure.
 */
export function parseDecimal(text: string, decimals: number): DecimalResult {
  if (!DECIMAL.test(text)) return { ok: false, failure: 'not-a-decimal' };
  const negative = text.startsWith('-');
  const [whole = '0', fraction = ''] = text.slice(negative ? 1 : 0).split('.');
  const kept = fraction.slice(0, decimals).padEnd(decimals, '0');
  if (/[1-9]/.test(fraction.slice(decimals))) return { ok: false, failure: 'too-many-decimals' };
  const minor = BigInt(whole + kept);
  if (minor > AMOUNT_MINOR_MAX) return { ok: false, failure: 'too-large' };
  return { ok: true, minor: negative ? -minor : minor };
}

/** Formats integer minor units as a decimal string with exactly `decimals` places: 1250n with 2 gives "12.50". */
export function formatDecimal(minor: bigint, decimals: number): string {
  const isSmall = minor <= SAFE_MAX && minor >= -SAFE_MAX;
  // Numbers are written several times faster than bigints, and this runs several times an order.
  const digits = isSmall ? String(Math.abs(Number(minor))) : (minor < 0n ? -minor : minor).toString();
  const sign = minor < 0n ? '-' : '';
  if (decimals === 0) return sign + digits;
  const padded = digits.padStart(decimals + 1, '0');
  return `${sign}${padded.slice(0, -decimals)}.${padded.slice(-decimals)}`;
}

const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER);
