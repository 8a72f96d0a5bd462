import type { TradingPhase } from '@clearway/domain-matching';
import type { PhaseChanged, TradingStatus, UncrossingBegan } from './events';
import { resumeExpiry, suspendExpiry } from './evolve-expiry';
import { phaseDueMicros } from './phase-clock';
import { type Market, marketOf, statusOf, type TradingState } from './state';

/** A market is in its next phase. The price of an auction that ended becomes the reference of the static band. */
export function phaseChanged(state: TradingState, event: PhaseChanged): void {
  const market = marketOf(state, event.symbol);
  market.sinceMicros = market.instrument.rules ? event.atMicros : 0;
  market.endsAtMicros = event.endsAtMicros;
  if (market.uncrossing) {
    market.uncrossing = undefined;
    resumeExpiry(state, market);
  }
  if (event.auctionPriceTicks > 0) market.auctionPriceTicks = event.auctionPriceTicks;
  enter(state, market, event.phase);
}

/** The phase stays until all trades are made; nobody but the clock goes on with them. */
export function uncrossingBegan(state: TradingState, event: UncrossingBegan): void {
  const market = marketOf(state, event.symbol);
  const { phase, atMicros, endsAtMicros, cause, auctionPriceTicks: priceTicks, auctionLots: lots } = event;
  if (!market.uncrossing) suspendExpiry(state, market);
  const cancels = market.uncrossing?.cancels ?? [];
  const change = { phase, atMicros, endsAtMicros, cause };
  market.uncrossing = { ...change, priceTicks, lots, buyNumber: 0, sellNumber: 0, cancels };
  schedule(state, market);
}

/** What journals of builds without phases have instead. */
export function statusChanged(state: TradingState, symbol: string, status: TradingStatus): void {
  enter(state, marketOf(state, symbol), status === 'HALTED' ? 'HALTED' : 'CONTINUOUS');
}

function enter(state: TradingState, market: Market, phase: TradingPhase): void {
  market.phase = phase;
  schedule(state, market);
  const { symbol } = market.instrument;
  state.tape.note({ kind: 'status-changed', symbol, status: statusOf(market), phase });
}

/** Notes when the market's phase ends by itself. */
export function schedule(state: TradingState, market: Market): void {
  market.dueAtMicros = phaseDueMicros(market);
  state.phaseDueMicros = Math.min(...[...state.markets.values()].map(({ dueAtMicros }) => dueAtMicros));
}
