import type { trading } from '@clearway/contracts';
import type { PlaceOrder } from '@clearway/domain-trading';
import type { CallContext, UnaryHandler } from '@clearway/platform-rpc';
import type { OrderCodec } from '../codec/order.codec';
import type { OrderTraces } from '../effects/order-traces';
import type { PlacedOrders } from '../effects/placed-orders';
import type { SelfTradeModes } from '../self-trade-modes';
import type { TradingCore } from '../trading-core';
import { placedResponse, refusalOf } from './order-answers';
import { orderAttributes } from './order-attributes';
import { placeOrderCommand } from './order-commands';

/** Accepts an order and answers once it has reached the book or was undone. */
export function placeOrderRpc(
  core: TradingCore,
  codec: OrderCodec,
  placedOrders: PlacedOrders,
  traces: OrderTraces,
  modes: SelfTradeModes,
): UnaryHandler<trading.PlaceOrderRequest, trading.PlaceOrderResponse> {
  const { admission } = placedOrders;
  return async (request, call) => {
    const command = placeOrderCommand(request, call.caller, modes);
    admission.enter();
    try {
      return await place(command, call);
    } finally {
      admission.left();
    }
  };

  async function place(command: PlaceOrder, call: CallContext): Promise<trading.PlaceOrderResponse> {
    const outcome = await core.submit(command, call);
    if (outcome.kind === 'duplicate' && outcome.answered)
      return placedResponse(codec, outcome.order, [], true);
    if (outcome.kind === 'answered') return placedResponse(codec, outcome.order, [], false);
    if (outcome.kind !== 'accepted' && outcome.kind !== 'duplicate') throw refusalOf(outcome);
    if (call.span && outcome.kind === 'accepted') traces.begin(outcome.orderNumber, call.span.traceparent);
    const { order, fills } = await placedOrders.placed(outcome.orderNumber, call.signal);
    call.span?.set(orderAttributes(codec, order));
    return placedResponse(codec, order, fills, outcome.kind === 'duplicate');
  }
}
