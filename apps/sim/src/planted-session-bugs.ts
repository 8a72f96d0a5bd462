import { NEVER } from '@clearway/domain-matching';
import type { Market, TradingEvent, TradingState } from '@clearway/domain-trading';
import { type AuctionOrder, lotsAt } from './auction-rule';
import type { TradingMachine } from './machines';
import type { Mutation } from './mutation';
import { restoredAs } from './restored-as';

/** Planted bugs of phases, auctions, bands and expiry, with the invariants that may find each. */
export const PLANTED_SESSION_BUGS: Readonly<Record<string, Mutation>> = {
  'a trade in a halted book': {
    trading: deafToHalts,
    foundBy: ['trades-only-where-the-phase-trades', 'nothing-enters-a-halt'],
  },
  'orders that nobody looks after': {
    trading: neverExpiring,
    foundBy: ['nothing-rests-after-its-time', 'nothing-trades-after-its-time', 'everything-comes-to-rest'],
  },
  'an expiry forgotten after a crash': {
    favoursSnapshots: true,
    trading: (machine) => restoring(machine, (state) => forget(state.expiries)),
    foundBy: [
      'expiries-equal-expiring-orders',
      'nothing-rests-after-its-time',
      'nothing-trades-after-its-time',
    ],
  },
  'a calendar forgotten after a crash': {
    trading: (machine) =>
      restoring(machine, (state) => {
        state.phaseDueMicros = NEVER;
      }),
    foundBy: ['phases-are-due-by-their-calendars', 'trades-only-where-the-phase-trades'],
  },
  'an uncrossing repeated after a crash': {
    trading: uncrossingAgain,
    foundBy: ['an-uncrossing-is-its-trades', 'phases-follow-their-causes'],
  },
  'an auction price that ignores the surplus rule': {
    trading: ignoringSurplus,
    foundBy: ['auctions-follow-their-rule'],
  },
  'bands that nobody keeps to': {
    trading: withoutBands,
    foundBy: ['incoming-orders-keep-to-the-bands'],
  },
};

type Decide = TradingMachine['decide'];

/** Orders that risk has answered come to the book of a halted instrument as if it traded. */
function deafToHalts(machine: TradingMachine): TradingMachine {
  const decide: Decide = (state, command, turn) => {
    if (command.kind !== 'SagaAnswers') return machine.decide(state, command, turn);
    const halted = [...state.markets.values()].filter(({ phase }) => phase === 'HALTED');
    for (const market of halted) market.phase = 'CONTINUOUS';
    const outcome = machine.decide(state, command, turn);
    for (const market of halted) if (market.phase === 'CONTINUOUS') market.phase = 'HALTED';
    return outcome;
  };
  return { ...machine, decide };
}

/** Nobody sees that an order's time has come, until the end of a phase makes somebody look. */
function neverExpiring(machine: TradingMachine): TradingMachine {
  const blind = (state: TradingState): TradingState => {
    Object.defineProperty(state.expiries, 'nextAtMicros', { get: () => NEVER });
    return state;
  };
  return {
    ...restoredAs(machine, blind),
    create: () => blind(machine.create()),
  };
}

function restoring(machine: TradingMachine, change: (state: TradingState) => void): TradingMachine {
  return restoredAs(machine, (state: TradingState) => {
    change(state);
    return state;
  });
}

function forget(expiries: TradingState['expiries']): void {
  for (const orderNumber of expiries.dueAt(Number.MAX_SAFE_INTEGER)) expiries.remove(orderNumber);
}

/** A process that comes back writes down its last auctions once more. */
function uncrossingAgain(machine: TradingMachine): TradingMachine {
  const decide: Decide = (state, command, turn) => {
    const outcome = machine.decide(state, command, turn);
    if (command.kind === 'SagaRecover')
      for (const { instrument, phase, auctionPriceTicks } of state.markets.values())
        if (phase === 'CONTINUOUS' && auctionPriceTicks > 0)
          turn.emit({
            kind: 'PhaseChanged',
            symbol: instrument.symbol,
            phase,
            atMicros: turn.nowMicros,
            endsAtMicros: 0,
            cause: 'AUCTION_ENDED',
            auctionPriceTicks,
            auctionLots: 1,
          });
    return outcome;
  };
  return { ...machine, decide };
}

/** Auctions trade the same lots at the lowest price of most volume, whatever is left over at it. */
function ignoringSurplus(machine: TradingMachine): TradingMachine {
  const decide: Decide = (state, command, turn) => {
    const prices = new Map<string, number>();
    const change = (event: TradingEvent): TradingEvent => {
      if (event.kind === 'TradeExecuted') {
        const market = marketOfTrade(state, event.makerOrderNumber);
        if (market.phase === 'CONTINUOUS') return event;
        const { symbol } = market.instrument;
        const priceTicks = prices.get(symbol) ?? lowestPriceOfMostVolume(market);
        prices.set(symbol, priceTicks);
        return { ...event, priceTicks };
      }
      if (event.kind !== 'PhaseChanged' || event.auctionLots === 0) return event;
      return { ...event, auctionPriceTicks: prices.get(event.symbol) ?? event.auctionPriceTicks };
    };
    return machine.decide(state, command, {
      nowMicros: turn.nowMicros,
      emit: (event) => turn.emit(change(event)),
      publish: (output) => turn.publish(output),
    });
  };
  return { ...machine, decide };
}

function marketOfTrade(state: TradingState, orderNumber: number): Market {
  const order = state.orders.get(orderNumber);
  const market = order && state.markets.get(order.terms.symbol);
  if (!market) throw new Error(`no market of order ${orderNumber}`);
  return market;
}

function lowestPriceOfMostVolume({ book, instrument }: Market): number {
  const orders: AuctionOrder[] = [];
  for (const side of ['BUY', 'SELL'] as const) {
    book.forEachMarketOrder(side, (_number, _price, lots) => {
      orders.push({ side, limitTicks: 0, lots });
    });
    book.forEachOrder(side, (_number, limitTicks, lots, _owner, reserveLots) => {
      orders.push({ side, limitTicks, lots: lots + reserveLots });
    });
  }
  let best = { priceTicks: instrument.referencePriceTicks, lots: 0 };
  for (let priceTicks = 1; priceTicks <= instrument.referencePriceTicks * 2; priceTicks++) {
    const lots = Math.min(lotsAt(orders, 'BUY', priceTicks), lotsAt(orders, 'SELL', priceTicks));
    if (lots > best.lots) best = { priceTicks, lots };
  }
  return best.priceTicks;
}

/** Listings keep their bands, decisions do not look at them. */
function withoutBands(machine: TradingMachine): TradingMachine {
  const decide: Decide = (state, command, turn) => {
    const kept = [...state.markets.values()].map((market) => [market, market.instrument] as const);
    for (const [market, { rules, ...plain }] of kept)
      if (rules) setInstrument(market, { ...plain, rules: { ...rules, bands: NO_BANDS } });
    const outcome = machine.decide(state, command, turn);
    for (const [market, instrument] of kept) setInstrument(market, instrument);
    return outcome;
  };
  return { ...machine, decide };
}

const NO_BANDS = { staticBps: 0, dynamicBps: 0 } as const;

function setInstrument(market: Market, instrument: Market['instrument']): void {
  Object.assign(market, { instrument });
}
