import type { TradingPhase } from '../phase';
import type { EngineOrder } from './engine-calls';
import { ServiceEngine } from './service-engine';

/** A call as a journal keeps it. */
export type EngineCall =
  | readonly ['place', EngineOrder]
  | readonly ['cancel', number]
  | readonly ['advanceTo', number]
  | readonly ['goTo', TradingPhase];

/** Plays a journal on a new engine and answers all that it remembers, as text: the same for the same journal anywhere. */
export function replayed(journal: readonly EngineCall[]): string {
  const engine = new ServiceEngine();
  for (const call of journal) apply(engine, call);
  return engine.bytes();
}

function apply(engine: ServiceEngine, [verb, argument]: EngineCall): void {
  if (verb === 'place') engine.place(argument);
  else if (verb === 'cancel') engine.cancel(argument);
  else if (verb === 'advanceTo') engine.advanceTo(argument);
  else engine.goTo(argument);
}
