import {
  endsAuctionOrders,
  mayFollow,
  resumesInto,
  scheduledPhaseAt,
  type TradingPhase,
  uncrossesBetween,
} from '@clearway/domain-matching';
import { reason } from '@clearway/kernel';
import { expireUntil } from './cancel-order';
import type { TradingOutcome } from './commands';
import { answerCancels, leavingOrders, takeOffAll } from './end-auction';
import type { TradingStatus } from './events';
import type { TradingHost } from './host';
import { nextCalendarChange } from './phase-clock';
import { type Market, statusOf } from './state';
import { calendarOf } from './trading-rules';
import { NO_UNCROSSING, type PhaseChange, putOff, uncross } from './uncross-book';

/** Trades after which one command begins no further change of a phase; the rest follow with the next. */
const TRADES_A_TURN_MAX = 1_000;
/** Changes of phases of one command. */
const CHANGES_A_TURN_MAX = 100;

/**
 * Carries out every change of a phase that is due, by the journaled time, earliest first and at one time by symbol; orders that
 * expire before a change are gone by then. It runs before every command, so none is decided in a phase that is over, and
 * does what fell due while no process ran. Costs one comparison while nothing is due. Only the clock goes on with auctions whose
 * trades take several turns, so that a batch of commands does not make of them what they were taken apart for.
 */
export function advancePhases(host: TradingHost, isClock: boolean): void {
  const { state, nowMicros } = host;
  const tradesBefore = state.nextTradeNumber;
  if (isClock && state.phaseDueMicros <= nowMicros) resumeUncrossings(host);
  for (let changes = 0; changes < CHANGES_A_TURN_MAX; changes += 1) {
    if (state.phaseDueMicros > nowMicros || state.nextTradeNumber - tradesBefore > TRADES_A_TURN_MAX) return;
    const market = earliest([...state.markets.values()].filter(({ uncrossing }) => !uncrossing));
    if (!market || market.dueAtMicros > nowMicros || !expireUntil(host, market.dueAtMicros - 1)) return;
    endPhase(host, market);
  }
}

/** Halts or resumes an instrument; setting what is set changes nothing. A length of 0 resumes without an auction. */
export function setTradingStatus(
  host: TradingHost,
  symbol: string,
  status: TradingStatus,
  reopeningAuctionMs: number,
): TradingOutcome {
  const market = host.state.markets.get(symbol);
  if (!market) return { kind: 'refused', reason: reason('UNKNOWN_SYMBOL', undefined, { symbol }) };
  if (statusOf(market) === status && market.phase !== 'CLOSED') return { kind: 'status-set', symbol };
  const phase = status === 'HALTED' ? 'HALTED' : resumedPhase(host, market, reopeningAuctionMs > 0);
  if (!mayFollow(market.phase, phase) || market.phase === 'CLOSED' || market.uncrossing)
    return { kind: 'refused', reason: reason('WRONG_PHASE', undefined, { symbol, phase: market.phase }) };
  const isAuction = phase === 'REOPENING_AUCTION';
  enterPhase(host, market, {
    phase,
    atMicros: host.nowMicros,
    endsAtMicros: isAuction ? host.nowMicros + reopeningAuctionMs * 1_000 : 0,
    cause: 'OPERATOR',
  });
  return { kind: 'status-set', symbol };
}

function resumedPhase({ nowMicros }: TradingHost, { instrument }: Market, byAuction: boolean): TradingPhase {
  const scheduled = scheduledPhaseAt(calendarOf(instrument), nowMicros);
  return byAuction ? resumesInto(scheduled) : scheduled;
}

/** Goes on with one auction that is carried out in several turns, the earliest. */
function resumeUncrossings(host: TradingHost): void {
  const begun = [...host.state.markets.values()].filter(({ uncrossing }) => uncrossing);
  const market = earliest(begun);
  if (market?.uncrossing) enterPhase(host, market, market.uncrossing);
}

/** A change of the calendar comes before the end of an auction of the same time. */
function endPhase(host: TradingHost, market: Market): void {
  const { dueAtMicros: atMicros } = market;
  const scheduled = nextCalendarChange(market);
  if (scheduled?.atMicros === atMicros)
    enterPhase(host, market, { phase: scheduled.phase, atMicros, endsAtMicros: 0, cause: 'CALENDAR' });
  else enterPhase(host, market, { phase: 'CONTINUOUS', atMicros, endsAtMicros: 0, cause: 'AUCTION_ENDED' });
}

/** Takes a market to its next phase; one that ends an auction with very many trades gets there after some turns. */
function enterPhase(host: TradingHost, market: Market, change: PhaseChange): void {
  const { phase, atMicros, endsAtMicros, cause } = change;
  const before = market.phase;
  const isUncrossed = uncrossesBetween(before, phase);
  const uncrossed = isUncrossed ? uncross(host, market, change) : NO_UNCROSSING;
  if (!uncrossed) return;
  const isEnd = before !== 'CONTINUOUS' && endsAuctionOrders(phase);
  const leaving = leavingOrders(host, market, isEnd);
  const { changesATurnMax: leavingMax } = host.uncrossLimits;
  if (leaving.length > leavingMax) {
    if (market.uncrossing?.priceTicks !== uncrossed.priceTicks) putOff(host, market, change, uncrossed);
    return takeOffAll(host, leaving.slice(0, leavingMax));
  }
  const canceled = market.uncrossing?.cancels ?? [];
  const auction = { auctionPriceTicks: uncrossed.priceTicks, auctionLots: uncrossed.lots };
  const { symbol } = market.instrument;
  host.turn.emit({ kind: 'PhaseChanged', symbol, phase, atMicros, endsAtMicros, cause, ...auction });
  takeOffAll(host, leaving);
  answerCancels(host, canceled);
}

function earliest(markets: Iterable<Market>): Market | undefined {
  let found: Market | undefined;
  for (const market of markets) if (!found || isBefore(market, found)) found = market;
  return found;
}

function isBefore(a: Market, b: Market): boolean {
  if (a.dueAtMicros !== b.dueAtMicros) return a.dueAtMicros < b.dueAtMicros;
  return a.instrument.symbol < b.instrument.symbol;
}
