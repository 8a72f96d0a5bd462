import { trading } from '@clearway/contracts';
import { statusCommandOf } from './set-trading-status';

/** `clearway resume SYMBOL` */
export const resumeCommand = statusCommandOf({
  name: 'resume',
  summary: 'Let a halted instrument trade again',
  tradingStatus: trading.TradingStatus.TRADING_STATUS_OPEN,
});
