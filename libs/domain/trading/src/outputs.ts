import type { SagaOutput } from '@clearway/domain-saga';
import type { Instrument } from './instrument';
import type { OrderView, Report } from './reports';
import type { TradingRequest } from './requests';

/**
 * What trading publishes once the events behind it are durable. `placed` is the answer to PlaceOrder: the order has
 * passed its pivot or was undone; `fills` are its trades up to then. `listed` comes before anything of its instrument.
 */
export type TradingOutput =
  | { readonly kind: 'listed'; readonly instrument: Instrument }
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'placed'; readonly order: OrderView; readonly fills: readonly Report[] }
  | SagaOutput<TradingRequest>;
