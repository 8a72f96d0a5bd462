import type { RiskState, RiskStepAnswer } from '@clearway/domain-risk';
import { SUCCEEDED } from '@clearway/domain-saga';
import { type Machine, type Plain, PlainFields, PlainList, type Turn } from '@clearway/kernel';
import type { ClearingMachine, RiskMachine } from './machines';
import type { Mutation } from './mutation';
import { PLANTED_AUCTION_BUGS } from './planted-auction-bugs';
import { PLANTED_SESSION_BUGS } from './planted-session-bugs';
import { restoredAs } from './restored-as';

/** Bugs that were never in the code, or were and are no more: each is planted in a test and must be found. */
export const PLANTED_BUGS: Readonly<Record<string, Mutation>> = {
  ...PLANTED_SESSION_BUGS,
  ...PLANTED_AUCTION_BUGS,
  'a forgotten compensation': {
    risk: (machine) => emitting(machine, (event) => (event.kind === 'HoldReleased' ? noted(event) : event)),
  },
  'a compensation that came first is not remembered': { risk: ignoringEarlyReleases },
  'a step without idempotency': { risk: creditingEachTime },
  'an acknowledgement before the commit': { answersBeforeCommit: true },
  'a stale owner that still appends': { appendsUnfenced: true },
  'a hold released twice': { risk: releasingTwice },
  'a leg posted once': {
    clearing: (machine) =>
      emitting(machine, (event) =>
        event.kind === 'LegSettled' && event.leg.side === 'sell' ? noted(event) : event,
      ),
  },
  'a bust that forgets one side': { clearing: reversingBuysOnly },
  'a bust that one order does not hear of': {
    trading: (machine) => ({
      ...machine,
      evolve: (state, event, timeMicros) => {
        const trade = event.kind === 'TradeBusted' ? state.trades.get(event.tradeNumber) : undefined;
        const seller = trade && state.orders.get(trade.sellOrderNumber);
        const before = seller && { ...seller };
        machine.evolve(state, event, timeMicros);
        if (seller && before) Object.assign(seller, before);
      },
    }),
  },
  'a read model’s cursor saved before its effect': { savesCursorFirst: true },
  'an audit cursor saved before its effect': { auditTrustsItsCursor: true },
  'a restart that asks for nothing again': { forgetsToRecover: true },
  'an order’s start that rides': {
    trading: (machine) => ({
      ...machine,
      rides: (event) =>
        event.kind === 'OrderAccepted' || event.kind === 'TradeExecuted' || machine.rides(event),
    }),
  },
  'a pivot that rides': {
    favoursOrphans: true,
    trading: (machine) => ({
      ...machine,
      rides: (event) => (event.kind === 'Saga' && event.saga.kind === 'SagaAdvanced') || machine.rides(event),
    }),
  },
  'a decision that changes more than its events say': {
    trading: (machine) => ({
      ...machine,
      decide: (state, command, turn) => {
        if (command.kind === 'CancelOrder') state.nextTradeNumber += 1;
        return machine.decide(state, command, turn);
      },
    }),
  },
  'a snapshot that forgets': {
    risk: (machine) => restoredAs(machine, (state: RiskState) => ({ ...state, symbolAssets: new Map() })),
  },
  'a snapshot that goes on with the state': {
    trading: (machine) => ({
      ...machine,
      cut: (state) => {
        const now = machine.snapshot(state) as { readonly [field: string]: Plain };
        const { length } = now.orders as readonly Plain[];
        return new PlainFields({ ...now, orders: new PlainList(length, lateOrders(machine, state, length)) });
      },
    }),
  },
  'sagas called finished too early': {
    risk: (machine) => ({
      ...machine,
      decide: (state, command, turn) =>
        machine.decide(
          state,
          command.kind === 'ExecuteSteps'
            ? { ...command, finishedBelow: command.finishedBelow + 6 }
            : command,
          turn,
        ),
    }),
  },
};

/** The orders as they are when they are read. */
function* lateOrders<State>(
  machine: { snapshot(state: State): Plain },
  state: State,
  length: number,
): Generator<Plain, undefined> {
  for (let at = 0; at < length; at++)
    yield (machine.snapshot(state) as { readonly orders: readonly Plain[] }).orders[at] ?? null;
  return undefined;
}

interface OfStep {
  readonly key: {
    readonly originShard: string;
    readonly sagaNumber: number;
    readonly step: number;
    readonly phase: 'action' | 'compensation';
  };
}

/** Says that a step is done, and does nothing. */
function noted({ key }: OfStep): { readonly kind: 'CompensationNoted' } & OfStep {
  return { kind: 'CompensationNoted', key };
}

/** The machine with its events exchanged as they are emitted. */
function emitting<State, Command, Event, Outcome, Output>(
  machine: Machine<State, Command, Event, Outcome, Output>,
  change: (event: Event, state: State) => Event,
): Machine<State, Command, Event, Outcome, Output> {
  return {
    ...machine,
    decide: (state, command, turn: Turn<Event, Output>) =>
      machine.decide(state, command, {
        nowMicros: turn.nowMicros,
        emit: (event) => turn.emit(change(event, state)),
        publish: (output) => turn.publish(output),
      }),
  };
}

function reversingBuysOnly(machine: ClearingMachine): ClearingMachine {
  return emitting(machine, (event, { standingLegs }) =>
    event.kind === 'LegReversed' && standingLegs.find(event.key)?.leg.side === 'sell' ? noted(event) : event,
  );
}

/** Every CreditFunds gets a key of its own, so that none is ever known already. */
function creditingEachTime(machine: RiskMachine): RiskMachine {
  return {
    ...machine,
    decide: (state, command, turn) => {
      if (command.kind !== 'ExecuteSteps') return machine.decide(state, command, turn);
      const fresh = 1_000 + (turn.nowMicros % 1_000_000_000);
      const steps = command.steps.map((step) =>
        step.action.kind === 'CreditFunds' ? { ...step, step: fresh } : step,
      );
      return machine.decide(state, { ...command, steps }, turn);
    },
  };
}

/** A release that finds no hold is answered and forgotten, so that its reserve still takes effect when it comes. */
function ignoringEarlyReleases(machine: RiskMachine): RiskMachine {
  return {
    ...machine,
    decide: (state, command, turn) => {
      if (command.kind !== 'ExecuteSteps') return machine.decide(state, command, turn);
      const { originShard } = command;
      const isEarly = command.steps.map(
        ({ action }) => action.kind === 'ReleaseHold' && !state.holds.get(originShard, action.orderNumber),
      );
      const outcome = machine.decide(
        state,
        { ...command, steps: command.steps.filter((_, at) => !isEarly[at]) },
        turn,
      );
      if (outcome.kind !== 'StepsExecuted') return outcome;
      const done = [...outcome.answers];
      const answers = isEarly.map((early) => (early ? SUCCEEDED : (done.shift() as RiskStepAnswer)));
      return { kind: 'StepsExecuted', answers };
    },
  };
}

/** What a release takes from the sum of the holds, it takes twice. */
function releasingTwice(machine: RiskMachine): RiskMachine {
  const held = (state: RiskState): Map<string, bigint> =>
    new Map(state.funds.entries().map((row) => [`${row.account} ${row.asset}`, row.heldForOrdersMinor]));
  return {
    ...machine,
    evolve: (state, event, timeMicros) => {
      if (event.kind !== 'HoldReleased' && event.kind !== 'LotsReleased')
        return machine.evolve(state, event, timeMicros);
      const before = held(state);
      machine.evolve(state, event, timeMicros);
      for (const [key, heldForOrdersMinor] of held(state)) {
        const [account = '', asset = ''] = key.split(' ');
        state.funds.change(account, asset, {
          heldForOrdersMinor: heldForOrdersMinor - (before.get(key) ?? 0n),
        });
      }
    },
  };
}
