import { AROUND_THE_CLOCK, expiresAtMicros, NEVER, type Side } from '@clearway/domain-matching';
import type { Instrument, OrderTerms, TradingEvent } from '@clearway/domain-trading';

/** What the watch knows of an order, from the journal alone. */
export interface WatchedOrder {
  readonly number: number;
  readonly symbol: string;
  readonly side: Side;
  readonly timeInForce: OrderTerms['timeInForce'];
  /** When it ends by itself; `NEVER` if it does not. */
  readonly expiresAtMicros: number;
  /** 0 for one at market. */
  limitTicks: number;
  /** Open lots. */
  lots: number;
  isResting: boolean;
}

/** An order that has just been accepted. */
export function watchedOrder(
  number: number,
  terms: OrderTerms,
  { rules }: Instrument,
  acceptedAtMicros: number,
): WatchedOrder {
  const { symbol, side, ordType, timeInForce, priceTicks, quantityLots, extras } = terms;
  const calendar = rules?.calendar ?? AROUND_THE_CLOCK;
  return {
    number,
    symbol,
    side,
    timeInForce,
    expiresAtMicros: expiresAtMicros(
      calendar,
      timeInForce,
      acceptedAtMicros,
      extras?.expireAtMicros ?? NEVER,
    ),
    limitTicks: ordType === 'LIMIT' || ordType === 'STOP_LIMIT' ? priceTicks : 0,
    lots: quantityLots,
    isResting: false,
  };
}

/** Applies what an event says of one order's lots and place; trades touch two orders and are not for this. */
export function moveOrder(order: WatchedOrder, event: TradingEvent): void {
  switch (event.kind) {
    case 'OrderOpened':
    case 'OrderOpenedAtMarket':
      order.isResting = true;
      return;
    case 'OrderReduced':
      order.lots -= event.canceledLots;
      break;
    case 'OrderReplaced':
      order.lots = event.leavesLots;
      if (order.limitTicks > 0) order.limitTicks = event.priceTicks;
      if (!event.keepsPlace) order.isResting = false;
      break;
    case 'OrderCanceled':
    case 'OrderExpired':
    case 'OrderRejected':
      order.lots = 0;
      break;
    default:
      return;
  }
  if (order.lots === 0) order.isResting = false;
}
