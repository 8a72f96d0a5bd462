/** Side on which an order rests, in FIX's words. */
export type Side = 'BUY' | 'SELL';

/** What a LOBSTER message says happened: the second column of a message file, in words. */
export type LobsterEvent = 'add' | 'reduce' | 'delete' | 'execute' | 'execute-hidden' | 'cross' | 'status';

/**
 * One row of a LOBSTER message file. Prices are in ten-thousandths of the currency and sizes in shares, both as the file
 * has them; `side` is that of the resting order, so an aggressor is on the other one.
 */
export interface LobsterMessage {
  /** Number of the row in its file, from 0. */
  readonly row: number;
  /** Seconds after midnight as the file writes them: rows of one moment have the same text. */
  readonly time: string;
  readonly event: LobsterEvent;
  /** The exchange's order id, 0 for hidden executions. */
  readonly orderId: number;
  readonly size: number;
  /** Ten-thousandths of the currency; of a `status` row −1 for a halt, 0 for quoting and 1 for the resumption. */
  readonly price: number;
  readonly side: Side;
}

/** Ten-thousandths of the currency in one tick of a hundredth: what prices of the file are divided by. */
export const PRICE_UNITS_PER_TICK = 100;

const EVENTS: Readonly<Record<string, LobsterEvent>> = {
  1: 'add',
  2: 'reduce',
  3: 'delete',
  4: 'execute',
  5: 'execute-hidden',
  6: 'cross',
  7: 'status',
};

/** Parses a row of a message file. Throws, naming the row, when it is not one: a replay of half a file proves nothing. */
export function parseMessage(line: string, row: number): LobsterMessage {
  const [time = '', type = '', orderId, size, price, direction] = line.split(',');
  const event = EVENTS[type];
  const message = {
    row,
    time,
    orderId: Number(orderId),
    size: Number(size),
    price: Number(price),
    side: direction?.trim() === '-1' ? ('SELL' as const) : ('BUY' as const),
  };
  const numbers = [message.orderId, message.size, message.price];
  if (direction === undefined || !event || !numbers.every(Number.isSafeInteger)) {
    throw new Error(`row ${row + 1} is not a LOBSTER message: ${line.slice(0, 80)}`);
  }
  return { ...message, event };
}

/** Converts a price of the file to ticks of 0.01. Throws when the price has a fraction of a tick, which cannot be settled. */
export function ticksOf(message: LobsterMessage): number {
  const priceTicks = message.price / PRICE_UNITS_PER_TICK;
  if (Number.isSafeInteger(priceTicks) && priceTicks > 0) return priceTicks;
  throw new Error(`row ${message.row + 1}: the price ${message.price} is no positive multiple of 0.01`);
}
