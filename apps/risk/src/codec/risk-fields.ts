import { AMOUNT_MINOR_MAX } from '@clearway/kernel';
import type { FieldCheck, TextRule } from '@clearway/platform-rpc';

/** What symbols and asset codes look like. */
export const CODE: TextRule = {
  charsMax: 20,
  pattern: /^[A-Z0-9][A-Z0-9./-]*$/,
  allowed: 'A-Z 0-9 . / -',
};

/** What a participant's name looks like: the part of an account id before the point. */
export const PARTICIPANT: TextRule = {
  charsMax: 32,
  pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
  allowed: 'a-z 0-9 -',
};

/** Requires a positive amount in minor units, at most the largest that any amount may have. */
export function requireAmount(check: FieldCheck, field: string, valueMinor: bigint): void {
  const isWithin = valueMinor > 0n && valueMinor <= AMOUNT_MINOR_MAX;
  check.require(isWithin, field, `must be a whole number from 1 to ${AMOUNT_MINOR_MAX}`);
}

/** Requires an order number, a quantity, a version or the like: a safe integer of at least `min`. */
export function requireWhole(check: FieldCheck, field: string, value: number, min: number): void {
  check.integer(field, value, min, Number.MAX_SAFE_INTEGER);
}
