import { isDisplayLots, isPriceTicks } from '@clearway/domain-matching';
import type { PlaceOrder } from './commands';
import { type Instrument, parsePriceTicks, parseQuantityLots } from './instrument';
import type { OrderExtras, TimeInForce } from './order';

type Bad = (field: string, problem: string) => void;

/**
 * The terms out of the ordinary, each of them there only when it is asked for; undefined when none is, so that an ordinary
 * order carries nothing for them. Says what is wrong with those that are asked for, and which are missing.
 */
export function extrasOf(
  command: PlaceOrder,
  instrument: Instrument,
  timeInForce: TimeInForce,
  quantityLots: number,
  nowMicros: number,
  bad: Bad,
): OrderExtras | undefined {
  const { selfTrade } = command;
  const stopPriceTicks = stopOf(command, instrument, bad);
  const trailTicks = trailOf(command, instrument, bad);
  const expireAtMicros = expiryOf(command, timeInForce, nowMicros, bad);
  const displayLots = displayOf(command, instrument, timeInForce, quantityLots, bad);
  const isOrdinary = selfTrade === undefined || selfTrade === 'CANCEL_NEWEST';
  if (isOrdinary && !stopPriceTicks && !trailTicks && !expireAtMicros && !displayLots) return undefined;
  return {
    ...(!isOrdinary && { selfTrade }),
    ...(stopPriceTicks && { stopPriceTicks }),
    ...(trailTicks && { trailTicks }),
    ...(expireAtMicros && { expireAtMicros }),
    ...(displayLots && { displayLots }),
  };
}

function stopOf({ ordType, stopPrice }: PlaceOrder, instrument: Instrument, bad: Bad): number | undefined {
  const isAsked = ordType === 'STOP_LOSS' || ordType === 'STOP_LIMIT';
  if (!isAsked) {
    if (stopPrice) bad('stop_price', 'is for STOP_LOSS and STOP_LIMIT only');
    return undefined;
  }
  return ticksOf('stop_price', stopPrice ?? '', instrument, bad);
}

function trailOf(
  { ordType, trailingOffset }: PlaceOrder,
  instrument: Instrument,
  bad: Bad,
): number | undefined {
  if (ordType === 'TRAILING_STOP') return ticksOf('trailing_offset', trailingOffset ?? '', instrument, bad);
  if (trailingOffset) bad('trailing_offset', 'is for TRAILING_STOP only');
  return undefined;
}

function ticksOf(field: string, text: string, instrument: Instrument, bad: Bad): number | undefined {
  const ticks = parsePriceTicks(instrument, text);
  if (ticks !== undefined && isPriceTicks(ticks)) return ticks;
  bad(field, 'must be a positive multiple of the tick size within range');
  return undefined;
}

function expiryOf(
  { expireAtMicros = 0 }: PlaceOrder,
  timeInForce: TimeInForce,
  nowMicros: number,
  bad: Bad,
): number | undefined {
  if (timeInForce !== 'GTD') {
    if (expireAtMicros !== 0) bad('expire_at_micros', 'is for GTD only');
    return undefined;
  }
  if (Number.isSafeInteger(expireAtMicros) && expireAtMicros > nowMicros) return expireAtMicros;
  bad('expire_at_micros', 'must be in the future');
  return undefined;
}

function displayOf(
  { ordType, displayQuantity }: PlaceOrder,
  instrument: Instrument,
  timeInForce: TimeInForce,
  quantityLots: number,
  bad: Bad,
): number | undefined {
  if (!displayQuantity) return undefined;
  if (ordType !== 'LIMIT' || timeInForce === 'IOC' || timeInForce === 'FOK') {
    bad('display_qty', 'is for limit orders DAY, GTC or GTD only');
    return undefined;
  }
  const lots = parseQuantityLots(instrument, displayQuantity);
  if (lots !== undefined && isDisplayLots(lots, quantityLots)) return lots;
  bad('display_qty', 'must be a part of the quantity, a multiple of the lot size, and not too small a part');
  return undefined;
}
