import { sagaEventRides } from '@clearway/domain-saga';
import type { Machine } from '@clearway/kernel';
import type { TradingCommand, TradingOutcome } from './commands';
import { decide } from './decide';
import type { TradingEvent } from './events';
import { evolve } from './evolve';
import type { TradingOutput } from './outputs';
import { cut, restore, restoring, snapshot } from './snapshot';
import { createState, type TradingState } from './state';
import { UNCROSS_LIMITS, type UncrossLimits } from './uncross-limits';

type TradingMachine = Machine<TradingState, TradingCommand, TradingEvent, TradingOutcome, TradingOutput>;

/** The machine with other limits of an auction's turns; state and events are the same, so either reads what the other wrote. */
export function tradingMachineWith(limits: UncrossLimits): TradingMachine {
  return {
    name: 'trading',
    create: createState,
    decide: (state, command, turn) => decide(state, command, turn, limits),
    evolve,
    rides: (event) => event.kind === 'Saga' && sagaEventRides(event.saga),
    snapshot,
    cut,
    restore,
    restoring,
  };
}

/** Trading as a deterministic machine: orders, books and order sagas of one shard of instruments. */
export const tradingMachine: TradingMachine = tradingMachineWith(UNCROSS_LIMITS);
