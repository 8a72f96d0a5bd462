import type {
  TradingCommand,
  TradingEvent,
  TradingOutcome,
  TradingOutput,
  TradingState,
} from '@clearway/domain-trading';
import type { ServiceCore, ServiceDefinition } from '@clearway/platform-service';

/** What trading's handlers, effects and projections work with. */
export type TradingCore = ServiceCore<
  TradingState,
  TradingCommand,
  TradingEvent,
  TradingOutcome,
  TradingOutput
>;

/** What `wiring.ts` returns. */
export type TradingDefinition = ServiceDefinition<
  TradingState,
  TradingCommand,
  TradingEvent,
  TradingOutcome,
  TradingOutput
>;

/** The outcome of the kind that a command gives; any other kind is a bug. */
export function outcomeOf<Kind extends TradingOutcome['kind']>(
  outcome: TradingOutcome,
  kind: Kind,
): Extract<TradingOutcome, { kind: Kind }> {
  if (outcome.kind !== kind) throw new Error(`expected the outcome ${kind}, got ${outcome.kind}`);
  return outcome as Extract<TradingOutcome, { kind: Kind }>;
}
