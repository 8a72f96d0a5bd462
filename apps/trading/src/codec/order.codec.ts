import type { trading } from '@clearway/contracts';
import {
  type Instrument,
  type OrderExtras,
  type OrderView,
  type Report,
  selfTradeActionOf,
} from '@clearway/domain-trading';
import { formatDecimal } from '@clearway/kernel';
import { toWireReasons } from '@clearway/platform-rpc';
import { formatAveragePrice, formatPrice, formatQuantity } from './decimal.codec';
import { EXEC_TYPE, ORD_STATUS, ORD_TYPE, SELF_TRADE, SIDE, TIME_IN_FORCE } from './enums.codec';

/** Gives the instrument of a symbol that an order names. */
export type InstrumentOf = (symbol: string) => Instrument;

/** Turns the domain's views into the wire's messages for one shard. */
export class OrderCodec {
  constructor(
    private readonly shardId: string,
    private readonly instrumentOf: InstrumentOf,
  ) {}

  /** "trading/0:17": shard and number. */
  orderId(orderNumber: number): string {
    return `${this.shardId}:${orderNumber}`;
  }

  /** Number of an order id of this shard; undefined for anything else. */
  orderNumber(orderId: string): number | undefined {
    const [shard, digits, ...rest] = orderId.split(':');
    if (shard !== this.shardId || rest.length > 0 || !/^[1-9][0-9]{0,15}$/.test(digits ?? ''))
      return undefined;
    return Number(digits);
  }

  order(view: OrderView): trading.Order {
    const { terms } = view;
    const instrument = this.instrumentOf(terms.symbol);
    return {
      orderId: this.orderId(view.number),
      clOrdId: terms.clOrdId,
      account: terms.account,
      symbol: terms.symbol,
      side: SIDE.toWire(terms.side),
      ordType: ORD_TYPE.toWire(terms.ordType),
      timeInForce: TIME_IN_FORCE.toWire(terms.timeInForce),
      postOnly: terms.postOnly,
      orderQty: formatQuantity(instrument, terms.quantityLots),
      price: terms.priceTicks === 0 ? '' : formatPrice(instrument, terms.priceTicks),
      ordStatus: ORD_STATUS.toWire(view.status),
      cumQty: formatQuantity(instrument, view.cumLots),
      leavesQty: formatQuantity(instrument, view.leavesLots),
      avgPx: formatAveragePrice(instrument, view.cumTickLots, view.cumLots),
      reasons: toWireReasons(view.reasons),
      acceptedAtMicros: view.acceptedAtMicros,
      updatedAtMicros: view.updatedAtMicros,
      unsettledQty: formatQuantity(instrument, view.unsettledLots),
      ...(terms.extras ? extrasOf(view, terms.extras, instrument) : NO_EXTRAS),
      origClOrdId: view.amend?.origClOrdId ?? '',
      selfTradePrevention: SELF_TRADE.toWire(selfTradeActionOf(terms)),
    };
  }

  /** A report; `sequence` and `epoch` belong to the stream that it goes out on. */
  report(report: Report, sequence = 0, epoch = 0): trading.ExecutionReport {
    const { trade, order } = report;
    const instrument = this.instrumentOf(order.terms.symbol);
    return {
      execType: EXEC_TYPE.toWire(report.execType),
      order: this.order(order),
      lastQty: trade ? formatQuantity(instrument, trade.quantityLots) : '',
      lastPx: trade ? formatPrice(instrument, trade.priceTicks) : '',
      tradeId: trade ? `${this.shardId}:T${trade.number}` : '',
      maker: trade?.maker ?? false,
      fee: trade ? formatDecimal(trade.feeMinor, instrument.quoteDecimals) : '',
      sequence,
      epoch,
      atMicros: report.atMicros,
    };
  }
}

const NO_EXTRAS = { stopPrice: '', trailingOffset: '', expireAtMicros: 0, displayQty: '' };

/** The terms that most orders do without. */
function extrasOf({ stop }: OrderView, extras: OrderExtras, instrument: Instrument): typeof NO_EXTRAS {
  const { trailTicks, expireAtMicros = 0, displayLots } = extras;
  const stopPriceTicks = stop?.stopPriceTicks ?? extras.stopPriceTicks;
  return {
    stopPrice: stopPriceTicks ? formatPrice(instrument, stopPriceTicks) : '',
    trailingOffset: trailTicks ? formatPrice(instrument, trailTicks) : '',
    expireAtMicros,
    displayQty: displayLots ? formatQuantity(instrument, displayLots) : '',
  };
}
