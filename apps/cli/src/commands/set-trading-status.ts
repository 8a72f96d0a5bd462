import { trading } from '@clearway/contracts';
import type { Command } from '../line/command';
import { answer } from '../output/answer';
import { wireJson } from '../output/wire-json';

/** A halt or its end. */
export interface StatusChange {
  readonly name: string;
  readonly summary: string;
  readonly tradingStatus: trading.TradingStatus;
}

/** Builds the command that halts an instrument or lets it trade again. */
export function statusCommandOf({ name, summary, tradingStatus }: StatusChange): Command {
  return {
    path: [name],
    summary,
    positionals: [{ name: 'SYMBOL' }],
    async run(call) {
      const request = { symbol: call.word('SYMBOL'), tradingStatus };
      const done = await call.stack.tradingAdmin.call('setTradingStatus', request);
      const isOpen = done.instrument?.tradingStatus === trading.TradingStatus.TRADING_STATUS_OPEN;
      return answer(
        () => wireJson(trading.TradingAdminServiceService.setTradingStatus, done),
        ({ red, green }) => `${request.symbol} is ${isOpen ? green('open') : red('halted; cancels pass')}.`,
      );
    },
  };
}
