import { trading } from '@clearway/contracts';
import type { Command } from '../line/command';
import { UsageError } from '../line/usage-error';
import { answer, sections } from '../output/answer';
import { momentText } from '../output/moments';
import { type Cell, type Column, renderTable } from '../output/table';
import { wireJsonField } from '../output/wire-json';
import { calendarOf, changesBetween } from '../sessions/calendar';
import { sessionCard } from '../views/session.view';

const DAY_MICROS = 86_400_000_000;
const DAYS_MAX = 366;

const COLUMNS: readonly Column[] = [{ title: 'FROM (UTC)' }, { title: 'PHASE' }];

/** `clearway schedule SYMBOL` */
export const scheduleCommand: Command = {
  path: ['schedule'],
  summary: 'Show an instrument’s phase, its price bands and the phases that its calendar has next',
  positionals: [{ name: 'SYMBOL' }],
  options: {
    days: { value: 'N', summary: 'how many days of the calendar (default 1)' },
    from: { value: 'TIME', summary: 'from then on, for example 2026-12-21 (default: now)' },
  },
  async run(call) {
    const symbol = call.word('SYMBOL');
    const days = call.wholeNumber('days', 1, { min: 1, max: DAYS_MAX });
    const fromMicros = call.moment('from') || Date.now() * 1_000;
    const listed = await call.stack.trading.call('listInstruments', {});
    const instrument = listed.instruments.find((each) => each.symbol === symbol);
    if (!instrument)
      throw new UsageError(`${symbol} is not listed.`, '“clearway instruments” lists what is traded.');
    const calendar = calendarOf(instrument);
    const changes = calendar ? changesBetween(calendar, fromMicros, fromMicros + days * DAY_MICROS) : [];
    const rows = changes.map(({ atMicros, phase }): Cell[] => [momentText(atMicros), phase]);
    return answer(
      () => ({ instrument: instrumentJson(instrument), changes }),
      (colours) =>
        sections(
          sessionCard(instrument, colours),
          calendar
            ? renderTable(COLUMNS, rows, colours)
            : 'Its calendar has phases that this build does not know.',
        ),
    );
  },
};

/** As the list of instruments has it. */
function instrumentJson(instrument: trading.Instrument): unknown {
  const { listInstruments } = trading.TradingServiceService;
  const [only] = wireJsonField(listInstruments, { instruments: [instrument] }, 'instruments') as unknown[];
  return only;
}
