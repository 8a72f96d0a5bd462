import { common, marketdata } from '@clearway/contracts';
import type { Command } from '../line/command';
import { LIMIT_OPTION, moreText, readPages } from '../line/paging';
import { answer, sections } from '../output/answer';
import { enumName } from '../output/enum-name';
import { momentText } from '../output/moments';
import { type Cell, type Column, painted, renderTable } from '../output/table';
import { wireJson } from '../output/wire-json';

const COLUMNS: readonly Column[] = [
  { title: 'TIME' },
  { title: 'TAKER' },
  { title: 'QTY', align: 'right' },
  { title: 'PRICE', align: 'right' },
  { title: 'TRADE' },
  { title: '' },
];

/** `clearway trades SYMBOL` */
export const tradesCommand: Command = {
  path: ['trades'],
  summary: "List an instrument's trades, newest first",
  positionals: [{ name: 'SYMBOL' }],
  options: { limit: LIMIT_OPTION },
  async run(call) {
    const symbol = call.word('SYMBOL');
    const page = await readPages(call, async (asked) => {
      const found = await call.stack.marketData.call('listTrades', { symbol, ...asked });
      return { items: found.trades, nextPageToken: found.nextPageToken };
    });
    const trades = [...page.items];
    const { nextPageToken } = page;
    return answer(
      () => wireJson(marketdata.MarketDataServiceService.listTrades, { trades, nextPageToken }),
      (colours) =>
        trades.length === 0
          ? `${symbol} was not traded.`
          : sections(renderTable(COLUMNS, trades.map(rowOf), colours), moreText(page)),
    );
  },
};

function rowOf({ atMicros, side, quantity, price, tradeId, busted }: marketdata.PublicTrade): Cell[] {
  const taker = enumName(common.Side, side, 'SIDE_');
  return [
    momentText(atMicros),
    painted(taker, taker === 'BUY' ? 'green' : 'red'),
    quantity,
    price,
    tradeId,
    busted ? painted('BUSTED', 'red') : '',
  ];
}
