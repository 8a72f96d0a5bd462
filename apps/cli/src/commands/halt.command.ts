import { trading } from '@clearway/contracts';
import { statusCommandOf } from './set-trading-status';

/** `clearway halt SYMBOL` */
export const haltCommand = statusCommandOf({
  name: 'halt',
  summary: 'Halt an instrument: no new orders; cancels pass',
  tradingStatus: trading.TradingStatus.TRADING_STATUS_HALTED,
});
