import type { TradingPhase } from '@clearway/domain-matching';
import type { SagaOutput } from '@clearway/domain-saga';
import type { ReplaceAnswer } from './commands';
import type { Instrument } from './instrument';
import type { MarketChange } from './market-tape';
import type { OrderView, Report } from './reports';
import type { TradingRequest } from './requests';

/**
 * What trading publishes once the events behind it are durable. `placed` is the answer to PlaceOrder: the order has
 * passed its pivot or was undone; `fills` are its trades up to then. `replaced` is the answer to ReplaceOrder. `listed` comes before anything of its instrument.
 * `market` is what one command changed of what everybody may see.
 */
export type TradingOutput =
  | { readonly kind: 'listed'; readonly instrument: Instrument; readonly phase: TradingPhase }
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'placed'; readonly order: OrderView; readonly fills: readonly Report[] }
  | { readonly kind: 'market'; readonly changes: readonly MarketChange[]; readonly atMicros: number }
  /** More stop orders are released than one turn brings to the book: somebody must say TriggerStops. */
  | { readonly kind: 'stops-due' }
  | { readonly kind: 'replaced'; readonly answer: ReplaceAnswer }
  | SagaOutput<TradingRequest>;
