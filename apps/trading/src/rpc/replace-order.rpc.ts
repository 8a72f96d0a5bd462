import type { trading } from '@clearway/contracts';
import type { UnaryHandler } from '@clearway/platform-rpc';
import type { OrderCodec } from '../codec/order.codec';
import type { ReplacedOrders } from '../effects/replaced-orders';
import type { TradingCore } from '../trading-core';
import { refusalOf, replacedResponse } from './order-answers';
import { orderAttributes } from './order-attributes';
import { replaceOrderCommand } from './order-commands';

/** Changes an open order and answers once the book has the change, or once it is refused. */
export function replaceOrderRpc(
  core: TradingCore,
  codec: OrderCodec,
  replacedOrders: ReplacedOrders,
): UnaryHandler<trading.ReplaceOrderRequest, trading.ReplaceOrderResponse> {
  return async (request, call) => {
    const outcome = await core.submit(replaceOrderCommand(request, codec, call.caller), call);
    if (outcome.kind === 'replace-answered')
      return replacedResponse(codec, outcome.answer, outcome.duplicate);
    if (outcome.kind !== 'replace-pending') throw refusalOf(outcome);
    const { orderNumber, clOrdId, duplicate } = outcome;
    const answer = await replacedOrders.replaced(orderNumber, clOrdId, call.signal);
    call.span?.set(orderAttributes(codec, answer.order));
    return replacedResponse(codec, answer, duplicate);
  };
}
