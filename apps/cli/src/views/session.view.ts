import { common, trading } from '@clearway/contracts';
import type { Colours, Paint } from '../output/colours';
import { momentText } from '../output/moments';
import { type Cell, painted, renderPairs } from '../output/table';
import { phaseAfter, phaseName } from '../sessions/calendar';

/** Phases in which nothing enters are red, those that collect orders yellow. */
const PHASE_PAINT: Readonly<Record<string, Paint>> = { CONTINUOUS: 'green', HALTED: 'red', CLOSED: 'red' };

/** The phase of an instrument; its status for a service that does not tell phases. */
export function phaseCell({ session, tradingStatus }: trading.Instrument): Cell {
  const isHalted = tradingStatus === trading.TradingStatus.TRADING_STATUS_HALTED;
  const name = session ? phaseName(session.phase) : isHalted ? 'HALTED' : 'CONTINUOUS';
  return painted(name, PHASE_PAINT[name] ?? 'yellow');
}

/** Price, quantity and surplus of the auction if it ended now; empty where nothing is collected or would trade. */
export function indicativeText({ session }: trading.Instrument): string {
  const { indicative } = session ?? {};
  if (!indicative) return '';
  const { price, quantity, surplus, surplusSide } = indicative;
  const side = surplusSide === common.Side.SIDE_BUY ? 'to buy' : 'to sell';
  const left = surplusSide === common.Side.SIDE_UNSPECIFIED ? '' : `, ${surplus} left ${side}`;
  return `${quantity} at ${price}${left}`;
}

/** One instrument's session and rules, a fact a line. */
export function sessionCard(instrument: trading.Instrument, colours: Colours): string {
  const { session, rules } = instrument;
  const { staticBandBps = 0, dynamicBandBps = 0, volatilityAuctionMs = 0 } = rules ?? {};
  const next = phaseAfter(instrument);
  const bps = (value: number): string => (value === 0 ? '' : `±${value} bps`);
  return renderPairs(
    [
      ['symbol', painted(instrument.symbol, 'bold')],
      ['phase', phaseCell(instrument)],
      ['next phase', next && `${next} at ${momentText(session?.phaseEndsAtMicros ?? 0)}`],
      ['indicative', indicativeText(instrument)],
      ['last auction', session?.auctionPrice ?? ''],
      ['static band', bps(staticBandBps)],
      ['dynamic band', bps(dynamicBandBps)],
      ['volatility auction', volatilityAuctionMs === 0 ? '' : `${volatilityAuctionMs / 1_000} s`],
    ],
    colours,
  );
}
