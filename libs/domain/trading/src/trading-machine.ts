import { sagaEventRides } from '@clearway/domain-saga';
import type { Machine } from '@clearway/kernel';
import type { TradingCommand, TradingOutcome } from './commands';
import { decide } from './decide';
import type { TradingEvent } from './events';
import { evolve } from './evolve';
import type { TradingOutput } from './outputs';
import { cut, restore, snapshot } from './snapshot';
import { createState, type TradingState } from './state';

/** Trading as a deterministic machine: orders, books and order sagas of one shard of instruments. */
export const tradingMachine: Machine<
  TradingState,
  TradingCommand,
  TradingEvent,
  TradingOutcome,
  TradingOutput
> = {
  name: 'trading',
  create: createState,
  decide,
  evolve,
  rides: (event) => event.kind === 'Saga' && sagaEventRides(event.saga),
  snapshot,
  cut,
  restore,
};
