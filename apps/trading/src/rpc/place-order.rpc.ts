import type { trading } from '@clearway/contracts';
import type { UnaryHandler } from '@clearway/platform-rpc';
import type { OrderCodec } from '../codec/order.codec';
import type { PlacedOrders } from '../effects/placed-orders';
import type { TradingCore } from '../trading-core';
import { placedResponse, refusalOf } from './order-answers';
import { placeOrderCommand } from './order-commands';

/** Accepts an order and answers once it has reached the book or was undone. */
export function placeOrderRpc(
  core: TradingCore,
  codec: OrderCodec,
  placedOrders: PlacedOrders,
): UnaryHandler<trading.PlaceOrderRequest, trading.PlaceOrderResponse> {
  return async (request, call) => {
    const outcome = await core.submit(placeOrderCommand(request, call.caller), call);
    if (outcome.kind === 'duplicate' && outcome.answered)
      return placedResponse(codec, outcome.order, [], true);
    if (outcome.kind === 'answered') return placedResponse(codec, outcome.order, [], false);
    if (outcome.kind !== 'accepted' && outcome.kind !== 'duplicate') throw refusalOf(outcome);
    const { order, fills } = await placedOrders.placed(outcome.orderNumber, call.signal);
    return placedResponse(codec, order, fills, outcome.kind === 'duplicate');
  };
}
