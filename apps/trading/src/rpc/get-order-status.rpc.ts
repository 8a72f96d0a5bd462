import type { trading } from '@clearway/contracts';
import { currentViewOf, findOrder } from '@clearway/domain-trading';
import { participantOf } from '@clearway/kernel';
import { RpcError, requireOwnAccount, type UnaryHandler } from '@clearway/platform-rpc';
import type { OrderCodec } from '../codec/order.codec';
import type { OrderHistory } from '../projections/order-history';
import type { TradingCore } from '../trading-core';
import { orderReference, participantOnly } from './order-commands';

/** Shows one order: from memory, or from the read model when it closed long ago. */
export function getOrderStatusRpc(
  core: TradingCore,
  codec: OrderCodec,
  history: OrderHistory,
): UnaryHandler<trading.GetOrderStatusRequest, trading.GetOrderStatusResponse> {
  return async (request, call) => {
    const reference = orderReference(request, codec);
    if ('account' in reference) requireOwnAccount(call.caller, reference.account);
    const live = await core.look((state) => {
      const order = findOrder(state, reference);
      return order && codec.order(currentViewOf(state, order));
    });
    const order = live ?? (await history.find(reference));
    const participant = participantOnly(call.caller);
    const isForeign = order && participant !== undefined && participantOf(order.account) !== participant;
    if (!order || isForeign) throw new RpcError('UNKNOWN_ORDER');
    return { order };
  };
}
