import type { trading } from '@clearway/contracts';
import type { PhaseStart } from '@clearway/domain-matching';
import type { TradingRules } from '@clearway/domain-trading';
import { TRADING_PHASE } from './enums.codec';

/** A phase that this build does not know; no calendar with it is valid. */
const UNKNOWN_PHASE = 'UNKNOWN' as PhaseStart['phase'];

/** When an instrument trades and within which prices. */
export function rulesToWire(rules: TradingRules): trading.TradingRules {
  const { calendar, bands, volatilityAuctionMs } = rules;
  return {
    weekdays: calendar.weekdays.map((starts) => ({ phases: starts.map(startToWire) })),
    holidays: [...calendar.holidays],
    staticBandBps: bands.staticBps,
    dynamicBandBps: bands.dynamicBps,
    volatilityAuctionMs,
  };
}

/** Reads what `rulesToWire` or an operator wrote; whether it is a calendar at all is judged by the domain. */
export function rulesFromWire(wire: trading.TradingRules): TradingRules {
  const { weekdays, holidays, staticBandBps, dynamicBandBps, volatilityAuctionMs } = wire;
  return {
    calendar: { weekdays: weekdays.map(({ phases }) => phases.map(startFromWire)), holidays: [...holidays] },
    bands: { staticBps: staticBandBps, dynamicBps: dynamicBandBps },
    volatilityAuctionMs,
  };
}

function startToWire({ secondOfDay, phase }: PhaseStart): trading.PhaseStart {
  return { secondOfDay, phase: TRADING_PHASE.toWire(phase) };
}

function startFromWire({ secondOfDay, phase }: trading.PhaseStart): PhaseStart {
  return { secondOfDay, phase: TRADING_PHASE.fromWire(phase) ?? UNKNOWN_PHASE };
}
