/** Halves a tree size or index, rounding down. Sizes exceed 32 bits, so this is arithmetic, not a shift. */
export function half(n: number): number {
  return Math.floor(n / 2);
}

/** Tells whether a number can be a tree size or a leaf index: a non-negative safe integer. */
export function isCount(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}
