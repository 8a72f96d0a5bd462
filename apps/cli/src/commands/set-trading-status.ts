import { trading } from '@clearway/contracts';
import type { Command, Option } from '../line/command';
import type { CommandCall } from '../line/command-call';
import { answer } from '../output/answer';
import type { Colours } from '../output/colours';
import { momentText } from '../output/moments';
import { wireJson } from '../output/wire-json';
import { phaseAfter, phaseName } from '../sessions/calendar';

/** A halt or its end. */
export interface StatusChange {
  readonly name: string;
  readonly summary: string;
  readonly tradingStatus: trading.TradingStatus;
  readonly options?: Readonly<Record<string, Option>>;
  /** Length of the auction with which a halt ends, in milliseconds; 0 or absent for none. */
  readonly reopeningAuctionMsOf?: (call: CommandCall) => number;
}

/** Builds the command that halts an instrument or lets it trade again. */
export function statusCommandOf(change: StatusChange): Command {
  const { name, summary, tradingStatus, options = {}, reopeningAuctionMsOf = () => 0 } = change;
  return {
    path: [name],
    summary,
    positionals: [{ name: 'SYMBOL' }],
    options,
    async run(call) {
      const symbol = call.word('SYMBOL');
      const reopeningAuctionMs = reopeningAuctionMsOf(call);
      const request = { symbol, tradingStatus, reopeningAuctionMs };
      const done = await call.stack.tradingAdmin.call('setTradingStatus', request);
      return answer(
        () => wireJson(trading.TradingAdminServiceService.setTradingStatus, done),
        (colours) => `${symbol} ${done.instrument ? stateText(done.instrument, colours) : 'is as asked'}.`,
      );
    },
  };
}

/** Where the instrument is now: a resume leads to the phase that its calendar has, which need not be continuous trading. */
function stateText(instrument: trading.Instrument, { red, green, yellow }: Colours): string {
  const { session, tradingStatus } = instrument;
  if (tradingStatus === trading.TradingStatus.TRADING_STATUS_HALTED)
    return `is ${red('halted; cancels pass')}`;
  const phase = session ? phaseName(session.phase) : 'CONTINUOUS';
  if (phase === 'CONTINUOUS') return `is ${green('open')}`;
  const next = phaseAfter(instrument);
  const until = next && `, ${next} from ${momentText(session?.phaseEndsAtMicros ?? 0)} (UTC) on`;
  return `is in ${yellow(phase)}${until}`;
}
