import { NEVER } from '@clearway/domain-matching';
import { type InvariantResult, invariant } from '@clearway/kernel';
import { expiryOf } from './evolve-expiry';
import { isWorking } from './order';
import { phaseDueMicros } from './phase-clock';
import { type Market, mayTakeOff, type TradingState } from './state';

/** How late a clock may be that lets phases end and orders expire: it looks five times a second, and a fail-over takes seconds. */
const LATE_MICROS_MAX = 60_000_000;

/** What must hold of phases and expiry in every state: part of `tradingInvariants`. */
export function sessionInvariants(state: TradingState): InvariantResult[] {
  return [
    invariant('auction-orders-only-in-auctions', auctionOrderViolations(state)),
    invariant('expiries-equal-expiring-orders', expiryViolations(state)),
    invariant('phases-are-due-by-their-calendars', dueViolations(state)),
  ];
}

/** What must hold of a state at a time of the day, in microseconds since the epoch: no phase and no order goes on for long after its end. */
export function nothingOutlivesItsTime(state: TradingState, nowMicros: number): InvariantResult {
  const lateMicros = nowMicros - LATE_MICROS_MAX;
  const found: string[] = [];
  for (const [symbol, { phase, dueAtMicros }] of state.markets)
    if (dueAtMicros <= lateMicros) found.push(`${symbol} is still in ${phase}`);
  for (const orderNumber of state.expiries.dueAt(lateMicros))
    found.push(`order ${orderNumber} is still open`);
  return invariant('nothing-outlives-its-time', found);
}

/** Orders at market and for the auction only wait where orders are collected, or as a halt has left them. */
function auctionOrderViolations(state: TradingState): string[] {
  const found: string[] = [];
  for (const [symbol, { book, phase }] of state.markets) {
    if (phase !== 'CONTINUOUS' && phase !== 'CLOSED') continue;
    for (const side of ['BUY', 'SELL'] as const)
      book.forEachMarketOrder(side, (number) => {
        found.push(`${symbol}: order ${number} at market in ${phase}`);
      });
  }
  for (const order of state.orders.values()) {
    if (!order.resting || order.terms.timeInForce !== 'AT_AUCTION') continue;
    const phase = state.markets.get(order.terms.symbol)?.phase;
    if (phase === 'CONTINUOUS' || phase === 'CLOSED') found.push(`order ${order.number} rests in ${phase}`);
  }
  return found;
}

/** Whatever waits or rests, ends by itself and may leave is noted with its time, and nothing else is. */
function expiryViolations(state: TradingState): string[] {
  const found: string[] = [];
  let expiring = 0;
  for (const order of state.orders.values()) {
    if (!isWorking(order)) continue;
    const atMicros = mayTakeOff(state, order) ? expiryOf(state, order) : NEVER;
    if (atMicros !== NEVER) expiring += 1;
    const noted = state.expiries.atMicrosOf(order.number);
    if (noted !== atMicros) found.push(`order ${order.number} ends at ${atMicros}, noted is ${noted}`);
  }
  const { size } = state.expiries;
  if (size !== expiring) found.push(`${size} orders are to expire, ${expiring} do`);
  return found;
}

function dueViolations(state: TradingState): string[] {
  const found: string[] = [];
  for (const [symbol, market] of state.markets) {
    const dueAtMicros = phaseDueMicros(market);
    if (market.dueAtMicros !== dueAtMicros)
      found.push(`${symbol}: ${market.phase} is due at ${dueAtMicros}, noted is ${market.dueAtMicros}`);
  }
  const earliestMicros = Math.min(...[...state.markets.values()].map(dueOf));
  if (state.phaseDueMicros !== earliestMicros)
    found.push(`the next phase is due at ${earliestMicros}, noted is ${state.phaseDueMicros}`);
  return found;
}

function dueOf({ dueAtMicros }: Market): number {
  return dueAtMicros;
}
