import { type Reason, reason } from '@clearway/kernel';
import type { TradingHost } from './host';
import { tradeViewOf, viewOf } from './reports';
import { orderOf, tradeOf } from './state';

/**
 * Busts a trade that clearing refused: it no longer counts for either order, and both owners are told with TRADE_CANCEL.
 * The lots do not go back to the book, where the market has moved on; their holds are given back by the same saga.
 */
export function bustTrade(host: TradingHost, tradeNumber: number, reasons: readonly Reason[]): void {
  const trade = tradeOf(host.state, tradeNumber);
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
