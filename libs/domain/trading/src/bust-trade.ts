import { type Reason, reason } from '@clearway/kernel';
import { admit } from './admission';
import type { TradingHost } from './host';
import { tradeViewOf, viewOf } from './reports';
import { marketOf, orderOf, tradeOf } from './state';

/**
 * Busts a trade that clearing refused: it no longer counts for either order, and both owners are told with TRADE_CANCEL.
 * The lots do not go back to the book, where the market has moved on; their holds are given back by the same saga.
 * That no trade is undone which both legs of have settled is the saga's pivot; a trade that is busted stays so.
 */
export function bustTrade(host: TradingHost, tradeNumber: number, reasons: readonly Reason[]): void {
  const trade = tradeOf(host.state, tradeNumber);
  const taker = orderOf(host.state, trade.takerOrderNumber);
  const market = marketOf(host.state, trade.symbol);
  if (admit('bust', host, market, taker.terms, trade.priceTicks, taker, { trade })) return;
  host.turn.emit({ kind: 'TradeBusted', tradeNumber, reasons: [reason('TRADE_BUSTED'), ...reasons] });
  for (const orderNumber of [trade.makerOrderNumber, trade.takerOrderNumber]) {
    const order = viewOf(orderOf(host.state, orderNumber));
    const report = {
      execType: 'TRADE_CANCEL',
      order,
      atMicros: host.nowMicros,
      trade: tradeViewOf(trade, orderNumber),
    } as const;
    host.turn.publish({ kind: 'report', report });
  }
}
