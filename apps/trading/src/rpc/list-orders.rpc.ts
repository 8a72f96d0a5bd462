import type { trading } from '@clearway/contracts';
import { currentViewOf, isOpen, type Order, type TradingState } from '@clearway/domain-trading';
import { fields, RpcError, requireOwnAccount, type UnaryHandler } from '@clearway/platform-rpc';
import type { OrderCodec } from '../codec/order.codec';
import type { OrderHistory } from '../projections/order-history';
import type { TradingCore } from '../trading-core';

/** Lists an account's orders, newest first: open ones as they stand, all of them from the read model brought up to date. */
export function listOrdersRpc(
  core: TradingCore,
  codec: OrderCodec,
  history: OrderHistory,
): UnaryHandler<trading.ListOrdersRequest, trading.ListOrdersResponse> {
  return async (request, call) => {
    const check = fields();
    const account = check.accountId('account', request.account);
    const pageSize = check.pageSize(request.pageSize);
    check.done();
    requireOwnAccount(call.caller, account);
    const below = tokenOf(request.pageToken);
    const orders = request.openOnly
      ? await core.read((state) =>
          openOrders(state, account, below, pageSize + 1).map((order) =>
            codec.order(currentViewOf(state, order)),
          ),
        )
      : await allOrders(core, codec, history, account, below, pageSize + 1);
    const page = orders.slice(0, pageSize);
    const last = page.at(-1);
    const isMore = orders.length > pageSize && last !== undefined;
    return { orders: page, nextPageToken: isMore ? String(codec.orderNumber(last.orderId)) : '' };
  };
}

/** The account's open orders below a number, newest first. */
export function openOrders(state: TradingState, account: string, below: number, limit: number): Order[] {
  const open: Order[] = [];
  for (const order of state.orders.values()) {
    if (order.terms.account === account && order.number < below && isOpen(order)) open.push(order);
  }
  return open.sort((a, b) => b.number - a.number).slice(0, limit);
}

/** Pages come from the read model; what memory knows better replaces its row. */
async function allOrders(
  core: TradingCore,
  codec: OrderCodec,
  history: OrderHistory,
  account: string,
  below: number,
  limit: number,
): Promise<trading.Order[]> {
  const page = await history.list(account, below, limit);
  return core.read((state) =>
    page.map((order) => {
      const live = state.orders.get(codec.orderNumber(order.orderId) ?? 0);
      return live ? codec.order(currentViewOf(state, live)) : order;
    }),
  );
}

function tokenOf(pageToken: string): number {
  if (pageToken === '') return Number.MAX_SAFE_INTEGER;
  if (!/^[1-9][0-9]{0,15}$/.test(pageToken))
    throw new RpcError('INVALID_PAGE', 'page_token is not from an answer.');
  return Number(pageToken);
}
