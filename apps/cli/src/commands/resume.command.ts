import { trading } from '@clearway/contracts';
import { UsageError } from '../line/usage-error';
import { parseDurationMs } from '../output/moments';
import { statusCommandOf } from './set-trading-status';

/** The longest auction that an operator may ask for: a day. */
const AUCTION_MS_MAX = 86_400_000;

/** `clearway resume SYMBOL` */
export const resumeCommand = statusCommandOf({
  name: 'resume',
  summary: 'Let a halted instrument go on in the phase that its calendar has',
  tradingStatus: trading.TradingStatus.TRADING_STATUS_OPEN,
  options: {
    auction: {
      value: 'TIME',
      summary: 'continuous trading begins with an auction of this length: 30s, 5m, 1h',
    },
  },
  reopeningAuctionMsOf: (call) => {
    const text = call.text('auction');
    if (text === '') return 0;
    const lengthMs = parseDurationMs(text);
    if (lengthMs !== undefined && lengthMs > 0 && lengthMs <= AUCTION_MS_MAX) return lengthMs;
    throw new UsageError(
      `--auction takes a length of time up to 1d, not “${text}”.`,
      'For example 30s, 5m or 1h.',
    );
  },
});
