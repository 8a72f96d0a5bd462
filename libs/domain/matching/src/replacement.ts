/** What a replacement may change of a resting order, before or after it. */
export interface ReplaceableTerms {
  readonly priceTicks: number;
  /** What can still trade: hidden lots included, filled ones not. */
  readonly openLots: number;
  /** An iceberg's display quantity as its owner gave it; 0 for an order that shows all. */
  readonly displayLots: number;
}

/**
 * True if a replaced order keeps its place: only when it stays at its price, grows no larger and shows the same. Then `reduce`
 * it by the difference, if there is any. Otherwise it leaves the book and enters it anew like an order that has just come: it
 * may trade, and rests behind the others of its new price.
 */
export function keepsPlace(current: ReplaceableTerms, next: ReplaceableTerms): boolean {
  return (
    next.priceTicks === current.priceTicks &&
    next.openLots <= current.openLots &&
    next.displayLots === current.displayLots
  );
}
