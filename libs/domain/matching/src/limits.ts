/**
 * The numbers a book accepts. They are checked once at the door (`isPriceTicks`, `isQuantityLots`) so that the
 * book may use plain numbers inside: within these limits no sum it keeps can leave the safe integers.
 * 2^21 orders × (2^32 − 1) lots < 2^53, so a side's total lots are exact; two prices add up below 2^53, so a
 * midpoint's numerator is exact. A price times a quantity is not safe: callers multiply as bigint.
 */

/** The highest price in ticks (2^52 − 1). Prices start at 1: zero and negative prices are not supported. */
export const PRICE_TICKS_MAX = 2 ** 52 - 1;

/** The largest quantity of one order in lots (2^32 − 1); the smallest is 1. */
export const QUANTITY_LOTS_MAX = 2 ** 32 - 1;

/** The most orders that may rest in one book (2^21). Ask `book.isFull` before resting another one. */
export const OPEN_ORDERS_MAX = 2 ** 21;

/** The most parts in which an iceberg may show its quantity: it bounds how often one order may meet the same iceberg. */
export const ICEBERG_PARTS_MAX = 100;

/** The price that stands for "any price" in `plan`, `availableLots` and `submit`. It never rests. */
export const MARKET = 0;

/** The owner number of an order that belongs to nobody in particular: it never counts as a self-trade. */
export const NO_OWNER = 0;

/** True if the number is a price that may rest: an integer from 1 to `PRICE_TICKS_MAX`. */
export function isPriceTicks(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= PRICE_TICKS_MAX;
}

/** True if the number is a quantity an order may have: an integer from 1 to `QUANTITY_LOTS_MAX`. */
export function isQuantityLots(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= QUANTITY_LOTS_MAX;
}

/**
 * True if an order of this quantity may display that many lots at a time: an integer from 1 to the quantity that shows it in
 * no more than `ICEBERG_PARTS_MAX` parts. Displaying all of it makes an ordinary order.
 */
export function isDisplayLots(displayLots: number, quantityLots: number): boolean {
  return (
    isQuantityLots(displayLots) &&
    displayLots <= quantityLots &&
    quantityLots <= displayLots * ICEBERG_PARTS_MAX
  );
}

/** True if the number can name an order: an integer from 1 to 2^53 − 1. */
export function isOrderId(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

/** True if the number can name an owner: a signed 32-bit integer (`NO_OWNER` included). */
export function isOwner(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;
}
