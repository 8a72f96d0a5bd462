import { readFileSync } from 'node:fs';
import { trading } from '@clearway/contracts';
import type { Command } from '../line/command';
import { UsageError } from '../line/usage-error';
import { answer } from '../output/answer';
import { requestFromJson, wireJson } from '../output/wire-json';
import { sessionCard } from '../views/session.view';

const { listInstrument } = trading.TradingAdminServiceService;

/** `clearway instruments add FILE` */
export const instrumentsAddCommand: Command = {
  path: ['instruments', 'add'],
  summary: 'List an instrument for trading',
  positionals: [{ name: 'FILE', suggests: 'file' }],
  details: [
    'FILE holds an Instrument in Protobuf’s JSON mapping, as “clearway instruments --json” prints it; status, last price and session',
    'are not read. Its rules say when it trades and within which prices:',
    '  {"symbol": "EXCH", "baseAsset": "EXCH", "quoteAsset": "USD", "tickSize": "0.01", "lotSize": "1", "quoteDecimals": 2,',
    '   "referencePrice": "100.00", "rules": {"weekdays": [{}, {"phases": [{"secondOfDay": 25200, "phase": "TRADING_PHASE_PRE_OPEN"},',
    '   …]}, …seven, Sunday first], "holidays": [DAYS SINCE 1970], "staticBandBps": 1000, "dynamicBandBps": 200,',
    '   "volatilityAuctionMs": 300000}}',
  ].join('\n'),
  async run(call) {
    const instrument = read(call.word('FILE'));
    const done = await call.stack.tradingAdmin.call('listInstrument', { instrument });
    return answer(
      () => wireJson(listInstrument, done),
      (colours) => (done.instrument ? sessionCard(done.instrument, colours) : 'Listed.'),
    );
  },
};

function read(file: string): trading.Instrument | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}.`);
  }
  try {
    return requestFromJson(listInstrument, { instrument: JSON.parse(text) }).instrument;
  } catch (error) {
    throw new UsageError(
      `${file} holds no instrument: ${(error as Error).message}.`,
      'See “clearway help instruments add”.',
    );
  }
}
