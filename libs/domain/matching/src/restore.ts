import { restChecked, restMarketOrder, SHOW_ALL } from './apply';
import type { BookState } from './book-state';
import { hideReserve } from './iceberg';
import type { Side } from './side';
import type { CheckedSnapshot, SideSnapshot } from './snapshot';

/** Rests everything that a checked snapshot holds in an empty book. */
export function restoreState(state: BookState, snapshot: CheckedSnapshot): void {
  restoreSide(state, 'BUY', snapshot.bids);
  restoreSide(state, 'SELL', snapshot.asks);
  const { orderIds, reservesLots, displaysLots } = snapshot.reserves;
  orderIds.forEach((orderId, i) => {
    hideReserve(state, state.index.get(orderId), reservesLots[i]!, displaysLots[i]!);
  });
  restoreMarketOrders(state, 'BUY', snapshot.marketBids);
  restoreMarketOrders(state, 'SELL', snapshot.marketAsks);
}

function restoreSide(state: BookState, side: Side, orders: SideSnapshot): void {
  const { orderIds, pricesTicks, quantitiesLots, owners } = orders;
  orderIds.forEach((orderId, i) => {
    restChecked(state, orderId, side, pricesTicks[i]!, quantitiesLots[i]!, owners[i]!, SHOW_ALL);
  });
}

function restoreMarketOrders(state: BookState, side: Side, orders: SideSnapshot): void {
  orders.orderIds.forEach((orderId, i) => {
    restMarketOrder(state, orderId, side, orders.quantitiesLots[i]!, orders.owners[i]!);
  });
}
