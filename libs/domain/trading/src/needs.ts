import { feeMinor, notionalMinor } from './instrument';
import { isOpen, needPriceTicks, type Order } from './order';
import { marketOf, type TradingState } from './state';

/** The worst case that an account's open orders can cost in one asset, minor units. */
export interface OrderNeed {
  readonly account: string;
  readonly asset: string;
  amountMinor: bigint;
  openOrders: number;
}

/**
 * What open orders need, by account and asset, to be compared with risk's holds. Exact when no saga is live: then every hold
 * has been placed or released and every fill applied.
 */
export function orderNeeds(state: TradingState): OrderNeed[] {
  const needs = new Map<string, OrderNeed>();
  for (const order of state.orders.values()) {
    if (!isOpen(order)) continue;
    const { asset, amountMinor } = needOf(state, order);
    const key = `${order.terms.account}|${asset}`;
    const need = needs.get(key) ?? { account: order.terms.account, asset, amountMinor: 0n, openOrders: 0 };
    need.amountMinor += amountMinor;
    need.openOrders += 1;
    needs.set(key, need);
  }
  return [...needs.values()];
}

function needOf(state: TradingState, order: Order): { asset: string; amountMinor: bigint } {
  const { instrument } = marketOf(state, order.terms.symbol);
  if (order.terms.side === 'SELL') {
    return { asset: instrument.baseAsset, amountMinor: BigInt(order.leavesLots) * instrument.lotSizeMinor };
  }
  const notional = notionalMinor(instrument, needPriceTicks(order), order.leavesLots);
  const feeBps = Math.max(instrument.makerFeeBps, instrument.takerFeeBps);
  return { asset: instrument.quoteAsset, amountMinor: notional + feeMinor(notional, feeBps) };
}
