import type { OrderView } from '@clearway/domain-trading';
import type { OrderCodec } from '../codec/order.codec';

/** What a regulator asks of an order, as attributes of its span: who, what, and how it ended. Never amounts of accounts. */
export function orderAttributes(codec: OrderCodec, order: OrderView): Record<string, string | number> {
  const { account, clOrdId, symbol, side, ordType } = order.terms;
  return {
    'clearway.order.id': codec.orderId(order.number),
    'clearway.order.cl_ord_id': clOrdId,
    'clearway.order.account': account,
    'clearway.order.symbol': symbol,
    'clearway.order.side': side,
    'clearway.order.type': ordType,
    'clearway.order.status': order.status,
  };
}
