import { common, trading } from '@clearway/contracts';
import type { Colours, Paint } from '../output/colours';
import { enumName } from '../output/enum-name';
import { momentText } from '../output/moments';
import { type Cell, type Column, painted, renderPairs, renderTable } from '../output/table';

const { OrdStatus, ExecType } = trading;

const STATUS_PAINT: Readonly<Record<string, Paint>> = {
  NEW: 'cyan',
  PARTIALLY_FILLED: 'cyan',
  FILLED: 'green',
  CANCELED: 'dim',
  EXPIRED: 'dim',
  REJECTED: 'red',
  PENDING_NEW: 'yellow',
  PENDING_CANCEL: 'yellow',
};

const ORDER_COLUMNS: readonly Column[] = [
  { title: 'ORDER' },
  { title: 'CL ORD ID' },
  { title: 'SYMBOL' },
  { title: 'SIDE' },
  { title: 'TYPE' },
  { title: 'TIF' },
  { title: 'QTY', align: 'right' },
  { title: 'PRICE', align: 'right' },
  { title: 'FILLED', align: 'right' },
  { title: 'AVG PX', align: 'right' },
  { title: 'STATUS' },
  { title: 'UPDATED (UTC)' },
];

/** Orders, one a line. */
export function ordersTable(orders: readonly trading.Order[], colours: Colours): string {
  const rows = orders.map((order): Cell[] => [
    order.orderId,
    order.clOrdId,
    order.symbol,
    sideOf(order.side),
    typeOf(order),
    tifOf(order),
    order.orderQty,
    order.price || 'market',
    order.cumQty,
    order.avgPx,
    statusCell(order.ordStatus),
    momentText(order.updatedAtMicros),
  ]);
  return renderTable(ORDER_COLUMNS, rows, colours);
}

/** One order, whole. */
export function orderCard(order: trading.Order, colours: Colours): string {
  const at = order.price === '' ? 'at the market' : `at ${order.price}`;
  return renderPairs(
    [
      ['order', painted(order.orderId, 'bold')],
      ['cl ord id', order.clOrdId],
      ['account', order.account],
      [
        'terms',
        `${sideOf(order.side)} ${order.orderQty} ${order.symbol} ${at}, ${typeOf(order)} ${tifOf(order)}`,
      ],
      ['status', statusCell(order.ordStatus)],
      ['filled', `${order.cumQty}${order.avgPx === '' ? '' : ` at ${order.avgPx}`}`],
      ['working', order.leavesQty],
      ['unsettled', order.unsettledQty],
      ['accepted', momentText(order.acceptedAtMicros)],
      ['updated', momentText(order.updatedAtMicros)],
    ],
    colours,
  );
}

const FILL_COLUMNS: readonly Column[] = [
  { title: 'TRADE' },
  { title: 'QTY', align: 'right' },
  { title: 'PRICE', align: 'right' },
  { title: 'FEE', align: 'right' },
  { title: 'AS' },
];

/** Trades of an order, one a line; empty when there are none. */
export function fillsTable(fills: readonly trading.ExecutionReport[], colours: Colours): string {
  if (fills.length === 0) return '';
  const rows = fills.map(({ tradeId, lastQty, lastPx, fee, maker }) => [
    tradeId,
    lastQty,
    lastPx,
    fee,
    maker ? 'maker' : 'taker',
  ]);
  return renderTable(FILL_COLUMNS, rows, colours);
}

/** Columns of execution reports that come one by one. */
export const REPORT_COLUMNS: readonly Column[] = [
  { title: 'AT (UTC)', widthMin: 24 },
  { title: 'REPORT', widthMin: 12 },
  { title: 'ORDER', widthMin: 14 },
  { title: 'CL ORD ID', widthMin: 20 },
  { title: 'SYMBOL', widthMin: 6 },
  { title: 'SIDE', widthMin: 4 },
  { title: 'STATUS', widthMin: 16 },
  { title: 'FILLED', widthMin: 11, align: 'right' },
  { title: 'LAST' },
];

/** One execution report as a row of these columns. */
export function reportRow(report: trading.ExecutionReport): Cell[] {
  const { order, execType, lastQty, lastPx, atMicros } = report;
  return [
    momentText(atMicros),
    painted(enumName(ExecType, execType, 'EXEC_TYPE_'), 'bold'),
    order?.orderId ?? '',
    order?.clOrdId ?? '',
    order?.symbol ?? '',
    sideOf(order?.side ?? 0),
    statusCell(order?.ordStatus ?? 0),
    `${order?.cumQty ?? ''}/${order?.orderQty ?? ''}`,
    lastQty === '' ? '' : `${lastQty} at ${lastPx}`,
  ];
}

function statusCell(status: trading.OrdStatus): Cell {
  const name = enumName(OrdStatus, status, 'ORD_STATUS_');
  return painted(name, STATUS_PAINT[name]);
}

function sideOf(side: common.Side): string {
  return enumName(common.Side, side, 'SIDE_');
}

function typeOf({ ordType, postOnly }: trading.Order): string {
  return enumName(trading.OrdType, ordType, 'ORD_TYPE_') + (postOnly ? ' post-only' : '');
}

function tifOf({ timeInForce }: trading.Order): string {
  return enumName(trading.TimeInForce, timeInForce, 'TIME_IN_FORCE_');
}
