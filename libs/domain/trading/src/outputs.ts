import type { SagaOutput } from '@clearway/domain-saga';
import type { OrderView, Report } from './reports';
import type { TradingRequest } from './requests';

/**
 * What trading publishes once the events behind it are durable. `placed` is the answer to PlaceOrder: the order has
 * passed its pivot or was undone; `fills` are its trades up to then.
 */
export type TradingOutput =
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'placed'; readonly order: OrderView; readonly fills: readonly Report[] }
  | SagaOutput<TradingRequest>;
