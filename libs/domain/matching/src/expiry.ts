import { bug } from './bug';
import type { BookTimeInForce } from './phase';
import { type SessionCalendar, tradingDayEndMicros } from './session-calendar';

/** The expiry of an order that only its owner ends. */
export const NEVER = Number.POSITIVE_INFINITY;

/**
 * When an order leaves by itself, in microseconds since the epoch: DAY when the trading day of its acceptance ends, GTD at its
 * own time but no earlier than it came, all others `NEVER` (IOC and FOK do not rest, and an auction's end removes AT_AUCTION).
 */
export function expiresAtMicros(
  calendar: SessionCalendar,
  timeInForce: BookTimeInForce,
  acceptedAtMicros: number,
  expireTimeMicros: number,
): number {
  if (timeInForce === 'DAY') return tradingDayEndMicros(calendar, acceptedAtMicros);
  return timeInForce === 'GTD' ? Math.max(expireTimeMicros, acceptedAtMicros) : NEVER;
}

/**
 * The open orders that expire, by their time. What is due comes out by time and at one time by order id, whatever the order in
 * which it went in, so the queue needs no snapshot: fill it anew from the open orders.
 *
 * DAY orders share few times, so times are kept in a sorted list and ids in a set for each; finding the next one costs nothing.
 */
export class ExpiryQueue {
  private readonly idsByTime = new Map<number, Set<number>>();
  private readonly timeById = new Map<number, number>();
  /** Descending, so that the next time is at the end. */
  private times: number[] = [];

  /** How many orders expire some time. */
  get size(): number {
    return this.timeById.size;
  }

  /** The next time at which an order expires, or `NEVER`. */
  get nextAtMicros(): number {
    return this.times.at(-1) ?? NEVER;
  }

  /** When an order expires; `NEVER` if it is not here. */
  atMicrosOf(orderId: number): number {
    return this.timeById.get(orderId) ?? NEVER;
  }

  /** Adds an order; one that never expires is not kept. Throws if the order is there already or the time is no number. */
  add(orderId: number, atMicros: number): void {
    if (this.timeById.has(orderId)) bug(`order ${orderId} expires already`);
    if (Number.isNaN(atMicros)) bug(`order ${orderId} cannot expire at ${atMicros}`);
    if (atMicros === NEVER) return;
    this.timeById.set(orderId, atMicros);
    const ids = this.idsByTime.get(atMicros);
    if (ids) {
      ids.add(orderId);
      return;
    }
    this.idsByTime.set(atMicros, new Set([orderId]));
    this.times.splice(this.placeOf(atMicros), 0, atMicros);
  }

  /** Removes an order that has left otherwise. Answers whether it was there. */
  remove(orderId: number): boolean {
    const atMicros = this.timeById.get(orderId);
    if (atMicros === undefined) return false;
    this.timeById.delete(orderId);
    const ids = this.idsByTime.get(atMicros)!;
    ids.delete(orderId);
    if (ids.size > 0) return true;
    this.idsByTime.delete(atMicros);
    this.times.splice(this.placeOf(atMicros), 1);
    return true;
  }

  /** The orders whose time has come, at most as many as asked for: by time, then by id. Changes nothing: `remove` each. */
  dueAt(nowMicros: number, ordersMax = Number.MAX_SAFE_INTEGER): number[] {
    const due: number[] = [];
    for (let i = this.times.length - 1; i >= 0 && due.length < ordersMax; i--) {
      const atMicros = this.times[i]!;
      if (atMicros > nowMicros) break;
      const ids = [...this.idsByTime.get(atMicros)!].sort((a, b) => a - b);
      for (const id of ids.slice(0, ordersMax - due.length)) due.push(id);
    }
    return due;
  }

  /** The index of a time in the descending list, or where it belongs. */
  private placeOf(atMicros: number): number {
    let low = 0;
    let high = this.times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.times[middle]! > atMicros) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
