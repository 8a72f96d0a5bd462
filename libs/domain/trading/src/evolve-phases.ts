import type { TradingPhase } from '@clearway/domain-matching';
import type { PhaseChanged, TradingStatus } from './events';
import { phaseDueMicros } from './phase-clock';
import { type Market, marketOf, statusOf, type TradingState } from './state';

/** A market is in its next phase. The price of an auction that ended becomes the reference of the static band. */
export function phaseChanged(state: TradingState, event: PhaseChanged): void {
  const market = marketOf(state, event.symbol);
  market.sinceMicros = market.instrument.rules ? event.atMicros : 0;
  market.endsAtMicros = event.endsAtMicros;
  if (event.auctionPriceTicks > 0) market.auctionPriceTicks = event.auctionPriceTicks;
  enter(state, market, event.phase);
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
