import { trading } from '@clearway/contracts';
import { listingAhead } from './session-listing';

const { TRADING_PHASE_OPENING_AUCTION, TRADING_PHASE_CONTINUOUS, TRADING_PHASE_CLOSED } =
  trading.TradingPhase;

it.each([
  ['12:00:00', 'OPENING_AUCTION@43200 CONTINUOUS@43208 CLOSED@43216'],
  ['23:59:43', 'OPENING_AUCTION@86383 CONTINUOUS@86391 CLOSED@86399'],
  ['23:59:50', 'CLOSED@6 OPENING_AUCTION@86390 CONTINUOUS@86398'],
  ['23:59:52', 'CONTINUOUS@0 CLOSED@8 OPENING_AUCTION@86392'],
  ['23:59:59', 'CONTINUOUS@7 CLOSED@15 OPENING_AUCTION@86399'],
])('a session that is opened at %s has a valid day', (time, expected) => {
  const { rules } = listingAhead(
    [
      [0, TRADING_PHASE_OPENING_AUCTION],
      [8, TRADING_PHASE_CONTINUOUS],
      [16, TRADING_PHASE_CLOSED],
    ],
    Date.parse(`2026-12-23T${time}Z`),
  );
  expect(rules?.weekdays).toHaveLength(7);
  for (const { phases } of rules?.weekdays ?? []) {
    const days = phases.map(({ secondOfDay, phase }) => `${trading.TradingPhase[phase]}@${secondOfDay}`);
    expect(days.join(' ').replaceAll('TRADING_PHASE_', '')).toBe(expected);
  }
});
