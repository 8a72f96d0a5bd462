import type { trading } from '@clearway/contracts';
import type { UnaryHandler } from '@clearway/platform-rpc';
import type { OrderCodec } from '../codec/order.codec';
import type { PlacedOrders } from '../effects/placed-orders';
import type { TradingCore } from '../trading-core';
import { canceledResponse, refusalOf } from './order-answers';
import { cancelOrderCommand, orderReference } from './order-commands';

/** Takes what is left of an order off the book. One that has not reached it is answered when it is known what became of it. */
export function cancelOrderRpc(
  core: TradingCore,
  codec: OrderCodec,
  placedOrders: PlacedOrders,
): UnaryHandler<trading.CancelOrderRequest, trading.CancelOrderResponse> {
  return async (request, call) => {
    const command = cancelOrderCommand(orderReference(request, codec), call.caller);
    const outcome = await core.submit(command, call);
    if (outcome.kind === 'canceled') return canceledResponse(codec, outcome.order, true);
    if (outcome.kind === 'too-late') return canceledResponse(codec, outcome.order, false);
    if (outcome.kind !== 'cancel-pending') throw refusalOf(outcome);
    const { order } = await placedOrders.placed(outcome.orderNumber, call.signal);
    return canceledResponse(codec, order, order.status === 'CANCELED');
  };
}
