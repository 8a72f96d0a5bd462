import { trading } from '@clearway/contracts';
import type { Command } from '../line/command';
import { answer } from '../output/answer';
import { momentText } from '../output/moments';
import { type Cell, type Column, painted, renderTable } from '../output/table';
import { wireJson } from '../output/wire-json';
import { phaseAfter } from '../sessions/calendar';
import { indicativeText, phaseCell } from '../views/session.view';

const COLUMNS: readonly Column[] = [
  { title: 'SYMBOL' },
  { title: 'BASE/QUOTE' },
  { title: 'TICK', align: 'right' },
  { title: 'LOT', align: 'right' },
  { title: 'LAST', align: 'right' },
  { title: 'REFERENCE', align: 'right' },
  { title: 'MAKER BPS', align: 'right' },
  { title: 'TAKER BPS', align: 'right' },
  { title: 'PHASE' },
  { title: 'NEXT PHASE (UTC)' },
  { title: 'INDICATIVE' },
];

/** `clearway instruments` */
export const instrumentsCommand: Command = {
  path: ['instruments'],
  summary: 'List what can be traded, in which units, its phase, and what its auction would come to',
  async run({ stack }) {
    const listed = await stack.trading.call('listInstruments', {});
    const rows = listed.instruments.map(rowOf);
    return answer(
      () => wireJson(trading.TradingServiceService.listInstruments, listed),
      (colours) => (rows.length === 0 ? 'Nothing is listed.' : renderTable(COLUMNS, rows, colours)),
    );
  },
};

function rowOf(instrument: trading.Instrument): Cell[] {
  const next = phaseAfter(instrument);
  return [
    painted(instrument.symbol, 'bold'),
    `${instrument.baseAsset}/${instrument.quoteAsset}`,
    instrument.tickSize,
    instrument.lotSize,
    instrument.lastPrice,
    instrument.referencePrice,
    instrument.makerFeeBps,
    instrument.takerFeeBps,
    phaseCell(instrument),
    next && `${next} at ${momentText(instrument.session?.phaseEndsAtMicros ?? 0)}`,
    indicativeText(instrument),
  ];
}
