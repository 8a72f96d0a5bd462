import type { OrderReplaced, TradingEvent } from './events';
import { closeIfDone, leftBook } from './evolve-order-life';
import { applyReplacement, expectLateLowerings, holdLowered, rememberReplacement } from './evolve-replace';
import { applySagaStart } from './sagas';
import { type HoldAdjustment, orderOf, type TradingState } from './state';

/** Notes the new terms asked for, with the saga that raises the hold to what covers both. */
export function replaceRequested(
  state: TradingState,
  event: Extract<TradingEvent, { kind: 'ReplaceRequested' }>,
  timeMicros: number,
): void {
  const { orderNumber, sagaNumber } = event;
  const order = orderOf(state, orderNumber);
  rememberReplacement(state, order, sagaNumber, event);
  order.updatedAtMicros = timeMicros;
  if (sagaNumber === 0) return;
  expectLateLowerings(state, order);
  order.openSagas += 1;
  applySagaStart(state, {
    number: sagaNumber,
    kind: 'ReplaceOrder',
    subject: orderNumber,
    atMicros: timeMicros,
  });
}

/** Gives an order its new terms on the book, and releases at once what the smaller order needs no more. */
export function replaced(state: TradingState, event: OrderReplaced, timeMicros: number): void {
  const { orderNumber, leavesLots, keepsPlace, releaseSagaNumber } = event;
  const order = orderOf(state, orderNumber);
  const lots = Math.max(0, order.leavesLots - leavesLots);
  applyReplacement(state, order, event);
  order.updatedAtMicros = timeMicros;
  if (leavesLots === 0 || (!keepsPlace && order.resting)) leftBook(state, order);
  if (releaseSagaNumber !== 0)
    startAdjustment(state, releaseSagaNumber, { orderNumber, lots, priceTicks: 0, version: 0 }, timeMicros);
  closeIfDone(state, order);
}

/** Lowers the price of an order's hold once the trades at its former price are settled. */
export function holdLowering(
  state: TradingState,
  { orderNumber, sagaNumber, priceTicks }: Extract<TradingEvent, { kind: 'HoldLowering' }>,
  timeMicros: number,
): void {
  const order = orderOf(state, orderNumber);
  const { version = 0, heldPriceTicks: fromPriceTicks = priceTicks } = order.amend ?? {};
  holdLowered(state, order, priceTicks);
  const adjustment = { orderNumber, lots: 0, priceTicks, version, fromPriceTicks };
  startAdjustment(state, sagaNumber, adjustment, timeMicros);
}

/** Starts the saga that lowers a hold by lots or to a price; risk tells a late one by its version. */
export function startAdjustment(
  state: TradingState,
  sagaNumber: number,
  adjustment: HoldAdjustment,
  timeMicros: number,
): void {
  const { orderNumber } = adjustment;
  orderOf(state, orderNumber).openSagas += 1;
  state.holdAdjustments.set(sagaNumber, adjustment);
  applySagaStart(state, {
    number: sagaNumber,
    kind: 'AdjustHold',
    subject: orderNumber,
    atMicros: timeMicros,
  });
}
