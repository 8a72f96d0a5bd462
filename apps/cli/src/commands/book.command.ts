import { marketdata } from '@clearway/contracts';
import type { Command } from '../line/command';
import { answer, sections } from '../output/answer';
import { enumName } from '../output/enum-name';
import { type Cell, type Column, painted, renderTable } from '../output/table';
import { wireJson } from '../output/wire-json';

const DEPTH_DEFAULT = 10;
const DEPTH_MAX = 1_000;

const COLUMNS: readonly Column[] = [
  { title: 'ORDERS', align: 'right' },
  { title: 'BID QTY', align: 'right' },
  { title: 'BID', align: 'right' },
  { title: 'ASK', align: 'right' },
  { title: 'ASK QTY', align: 'right' },
  { title: 'ORDERS', align: 'right' },
];

/** `clearway book SYMBOL` */
export const bookCommand: Command = {
  path: ['book'],
  summary: 'Show the best prices of an instrument, and the hash of its whole book',
  positionals: [{ name: 'SYMBOL' }],
  options: { depth: { value: 'N', summary: `levels of each side (default ${DEPTH_DEFAULT})` } },
  async run(call) {
    const depth = call.wholeNumber('depth', DEPTH_DEFAULT, { min: 1, max: DEPTH_MAX });
    const book = await call.stack.marketData.call('getBook', { symbol: call.word('SYMBOL'), depth });
    return answer(
      () => wireJson(marketdata.MarketDataServiceService.getBook, book),
      (colours) => {
        const status = enumName(marketdata.MarketStatus, book.status, 'MARKET_STATUS_');
        const about = `${book.symbol} ${status}, ${book.orders} orders, hash ${book.hash} at ${book.epoch}/${book.sequence}`;
        const rows = rowsOf(book);
        return rows.length === 0 ? about : sections(renderTable(COLUMNS, rows, colours), about);
      },
    );
  },
};

function rowsOf({ bids, asks }: marketdata.GetBookResponse): Cell[][] {
  return Array.from({ length: Math.max(bids.length, asks.length) }, (_, at) => {
    const [bid, ask] = [bids[at], asks[at]];
    return [
      bid?.orders ?? '',
      bid?.quantity ?? '',
      painted(bid?.price ?? '', 'green'),
      painted(ask?.price ?? '', 'red'),
      ask?.quantity ?? '',
      ask?.orders ?? '',
    ];
  });
}
