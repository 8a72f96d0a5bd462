import type { trading } from '@clearway/contracts';
import type { UnaryHandler } from '@clearway/platform-rpc';
import type { OrderCodec } from '../codec/order.codec';
import type { OrderTraces } from '../effects/order-traces';
import type { PlacedOrders } from '../effects/placed-orders';
import type { TradingCore } from '../trading-core';
import { canceledResponse, refusalOf } from './order-answers';
import { orderAttributes } from './order-attributes';
import { cancelOrderCommand, orderReference } from './order-commands';

/** Takes what is left of an order off the book. One that has not reached it is answered when it is known what became of it. */
export function cancelOrderRpc(
  core: TradingCore,
  codec: OrderCodec,
  placedOrders: PlacedOrders,
  traces: OrderTraces,
): UnaryHandler<trading.CancelOrderRequest, trading.CancelOrderResponse> {
  return async (request, call) => {
    const command = cancelOrderCommand(orderReference(request, codec), call.caller);
    const outcome = await core.submit(command, call);
    if (call.span && 'order' in outcome) call.span.set(orderAttributes(codec, outcome.order));
    if (call.span && outcome.kind === 'canceled') traces.begin(outcome.order.number, call.span.traceparent);
    if (outcome.kind === 'canceled') return canceledResponse(codec, outcome.order, true);
    if (outcome.kind === 'too-late') return canceledResponse(codec, outcome.order, false);
    if (outcome.kind !== 'cancel-pending') throw refusalOf(outcome);
    const { order } = await placedOrders.placed(outcome.orderNumber, call.signal);
    return canceledResponse(codec, order, order.status === 'CANCELED');
  };
}
