import { NEVER } from '@clearway/domain-matching';
import type { Market, TradingCommand, TradingEvent, TradingState } from '@clearway/domain-trading';
import type { TradingMachine } from './machines';
import type { Mutation } from './mutation';
import { restoredAs } from './restored-as';

/** Planted bugs of auctions that are carried out over several turns, with the invariants that may find each. */
export const PLANTED_AUCTION_BUGS: Readonly<Record<string, Mutation>> = {
  'an auction under way that a new process begins anew': {
    trading: forgettingAuctions,
    foundBy: ['phases-follow-their-causes', 'an-uncrossing-is-its-trades'],
  },
  'an auction under way that a snapshot forgets': {
    favoursSnapshots: true,
    trading: (machine) =>
      restoredAs(machine, (state: TradingState) => {
        for (const market of state.markets.values()) market.uncrossing = undefined;
        return state;
      }),
    foundBy: ['snapshots-restore', 'recovery-gives-the-durable-state', 'expiries-equal-expiring-orders'],
  },
  'later turns of an auction at another price': {
    trading: tradingDearer,
    foundBy: ['an-uncrossing-is-its-trades'],
  },
  'an auction that forgets what its first turn left': {
    trading: (machine) =>
      resuming(machine, ({ uncrossing }) => {
        uncrossing.clearFills();
        return 0;
      }),
    foundBy: ['an-uncrossing-is-its-trades', 'an-auction-under-way-has-its-book-alone'],
  },
  'an auction whose last turn trades a lot too few': {
    trading: (machine) =>
      resuming(machine, ({ uncrossing: { quantitiesLots } }, count, fillsMax) => {
        const lastLots = quantitiesLots[count - 1] ?? 0;
        if (count < fillsMax && lastLots > 1) quantitiesLots[count - 1] = lastLots - 1;
        return count;
      }),
    foundBy: ['an-uncrossing-is-its-trades'],
  },
  'an auction whose later turns begin at the wrong end of the book': {
    trading: (machine) =>
      resuming(machine, (book, count) => {
        const { buyOrderIds, quantitiesLots, priceTicks } = book.uncrossing;
        let worst = 0;
        book.forEachOrder('BUY', (number, limitTicks, lots) => {
          const isFree = !buyOrderIds.subarray(0, count).includes(number);
          if (isFree && limitTicks >= priceTicks && lots >= (quantitiesLots[0] ?? 0)) worst = number;
        });
        if (count > 0 && worst > 0) buyOrderIds[0] = worst;
        return count;
      }),
    foundBy: ['auctions-trade-the-best-first'],
  },
  'a cancel that gets through to an auction under way': {
    trading: (machine) => deafToAuctions(machine, ['CancelOrder', 'MassCancel']),
    foundBy: ['an-auction-under-way-has-its-book-alone', 'auctions-follow-their-rule'],
  },
  'an order that gets into an auction under way': {
    trading: (machine) => deafToAuctions(machine, ['SagaAnswers']),
    foundBy: ['an-auction-under-way-has-its-book-alone'],
  },
  'orders elsewhere that outlive their time while an auction is under way': {
    trading: withoutExpiryMeanwhile,
    foundBy: ['nothing-rests-after-its-time', 'nothing-trades-after-its-time'],
  },
};

type Decide = TradingMachine['decide'];
type Book = Market['book'];

/** What a process finds under way when it comes back, its clock ends as if nothing of it had been done. */
function forgettingAuctions(machine: TradingMachine): TradingMachine {
  const forgotten = new WeakMap<Market, Market['uncrossing']>();
  const decide: Decide = (state, command, turn) => {
    const markets = [...state.markets.values()];
    if (command.kind === 'SagaRecover')
      for (const market of markets) if (market.uncrossing) forgotten.set(market, market.uncrossing);
    if (command.kind !== 'AdvanceClock') return machine.decide(state, command, turn);
    const lost = markets.filter((market) => market.uncrossing && forgotten.get(market) === market.uncrossing);
    const kept = lost.map((market) => [market, market.uncrossing] as const);
    const putBack = (): void => {
      for (const [market, uncrossing] of kept.splice(0)) market.uncrossing = uncrossing;
    };
    for (const market of lost) market.uncrossing = undefined;
    const outcome = machine.decide(state, command, {
      nowMicros: turn.nowMicros,
      emit: (event) => {
        if (event.kind === 'PhaseChanged' || event.kind === 'UncrossingBegan') putBack();
        turn.emit(event);
      },
      publish: (output) => turn.publish(output),
    });
    putBack();
    return outcome;
  };
  return { ...machine, decide };
}

/** Once the price is announced, trades are made a tick above it. */
function tradingDearer(machine: TradingMachine): TradingMachine {
  const decide: Decide = (state, command, turn) => {
    const change = (event: TradingEvent): TradingEvent => {
      if (event.kind !== 'TradeExecuted') return event;
      const order = state.orders.get(event.makerOrderNumber);
      const priceTicks = order && state.markets.get(order.terms.symbol)?.uncrossing?.priceTicks;
      return priceTicks ? { ...event, priceTicks: priceTicks + 1 } : event;
    };
    return machine.decide(state, command, {
      nowMicros: turn.nowMicros,
      emit: (event) => turn.emit(change(event)),
      publish: (output) => turn.publish(output),
    });
  };
  return { ...machine, decide };
}

/** Books plan the later turns of an auction otherwise: what is changed is the plan and the number of its fills. */
function resuming(
  machine: TradingMachine,
  change: (book: Book, count: number, fillsMax: number) => number,
): TradingMachine {
  const decide: Decide = (state, command, turn) => {
    const books = [...state.markets.values()].map(({ book }) => book);
    for (const book of books) {
      const resume = book.resumeUncrossing.bind(book);
      const value: Book['resumeUncrossing'] = (priceTicks, begun, fillsMax) =>
        change(book, resume(priceTicks, begun, fillsMax), fillsMax);
      Object.defineProperty(book, 'resumeUncrossing', { configurable: true, value });
    }
    const outcome = machine.decide(state, command, turn);
    for (const book of books) Reflect.deleteProperty(book, 'resumeUncrossing');
    return outcome;
  };
  return { ...machine, decide };
}

/** Commands of some kinds are decided as if no auction were under way; the state that events change has it. */
function deafToAuctions(machine: TradingMachine, kinds: readonly TradingCommand['kind'][]): TradingMachine {
  const decide: Decide = (state, command, turn) => {
    const markets = [...state.markets.values()].filter(({ uncrossing }) => uncrossing);
    if (markets.length === 0 || !kinds.includes(command.kind)) return machine.decide(state, command, turn);
    const kept = markets.map((market) => [market, market.uncrossing, market.dueAtMicros] as const);
    const hide = (): void => {
      for (const [market] of kept) Object.assign(market, { uncrossing: undefined, dueAtMicros: NEVER });
      schedule(state);
    };
    const show = (): void => {
      for (const [market, uncrossing, dueAtMicros] of kept)
        Object.assign(market, { uncrossing, dueAtMicros });
      schedule(state);
    };
    hide();
    const outcome = machine.decide(state, command, {
      nowMicros: turn.nowMicros,
      emit: (event) => {
        show();
        turn.emit(event);
        hide();
      },
      publish: (output) => turn.publish(output),
    });
    show();
    return outcome;
  };
  return { ...machine, decide };
}

/** Nobody sees that an order's time has come as long as some book's auction is carried out. */
function withoutExpiryMeanwhile(machine: TradingMachine): TradingMachine {
  const decide: Decide = (state, command, turn) => {
    const { markets, expiries } = state;
    if (![...markets.values()].some(({ uncrossing }) => uncrossing))
      return machine.decide(state, command, turn);
    Object.defineProperty(expiries, 'nextAtMicros', { configurable: true, get: () => NEVER });
    const outcome = machine.decide(state, command, turn);
    Reflect.deleteProperty(expiries, 'nextAtMicros');
    return outcome;
  };
  return { ...machine, decide };
}

function schedule(state: TradingState): void {
  state.phaseDueMicros = Math.min(...[...state.markets.values()].map(({ dueAtMicros }) => dueAtMicros));
}
