import { OrderBook, type Side } from '@clearway/domain-matching';
import { Sagas } from '@clearway/domain-saga';
import type { Plain, Reason, ReasonCode } from '@clearway/kernel';
import type { Instrument } from './instrument';
import type { KillSwitch } from './kill-scope';
import type { Order, OrderTerms } from './order';
import { createState, dayOf, keyOf, type Market, type Trade, type TradingState } from './state';

/** Writes the whole state down in one canonical form: maps by ascending key, derived indexes left out. */
export function snapshot(state: TradingState): Plain {
  return {
    version: 1,
    markets: sorted(state.markets).map(([, market]) => marketToPlain(market)),
    orders: sorted(state.orders).map(([, order]) => orderToPlain(order)),
    trades: sorted(state.trades).map(([, trade]) => ({ ...trade })),
    owners: sorted(state.owners).map(([account, owner]) => [account, owner]),
    killSwitches: sorted(state.killSwitches).map(([, killSwitch]) => ({ ...killSwitch })),
    closed: state.closed.slice(state.closedHead),
    sagas: state.sagas.snapshot(),
    nextOrderNumber: state.nextOrderNumber,
    nextTradeNumber: state.nextTradeNumber,
    tradesSettled: state.tradesSettled,
    tradesBusted: state.tradesBusted,
  };
}

/** Rebuilds the state that `snapshot` wrote. Throws on any other version. */
export function restore(plain: Plain): TradingState {
  const from = plain as unknown as PlainState;
  if (from.version !== 1) throw new Error(`trading snapshot version ${String(from.version)} is not known`);
  const state = createState();
  for (const market of from.markets) restoreMarket(state, market);
  for (const order of from.orders) restoreOrder(state, orderFromPlain(order));
  for (const trade of from.trades) state.trades.set(trade.number, { ...trade });
  for (const [account, owner] of from.owners) state.owners.set(account, owner);
  for (const killSwitch of from.killSwitches) state.killSwitches.set(killSwitch.scope, { ...killSwitch });
  for (const number of from.closed) state.closed.push(number);
  state.sagas = Sagas.restore(from.sagas);
  state.nextOrderNumber = from.nextOrderNumber;
  state.nextTradeNumber = from.nextTradeNumber;
  state.tradesSettled = from.tradesSettled;
  state.tradesBusted = from.tradesBusted;
  return state;
}

interface PlainState {
  readonly version: number;
  readonly markets: readonly PlainMarket[];
  readonly orders: readonly PlainOrder[];
  readonly trades: readonly Trade[];
  readonly owners: readonly (readonly [string, number])[];
  readonly killSwitches: readonly KillSwitch[];
  readonly closed: readonly number[];
  readonly sagas: Plain;
  readonly nextOrderNumber: number;
  readonly nextTradeNumber: number;
  readonly tradesSettled: number;
  readonly tradesBusted: number;
}

interface PlainMarket {
  readonly instrument: Instrument;
  readonly book: Plain;
  readonly status: Market['status'];
  readonly lastPriceTicks: number;
}

/** One order as a row: a hundred thousand of them would spend most of their bytes on field names otherwise. */
type PlainOrder = readonly [
  number: number,
  terms: readonly [
    string,
    string,
    string,
    Side,
    OrderTerms['ordType'],
    OrderTerms['timeInForce'],
    boolean,
    number,
    number,
  ],
  acceptedAtMicros: number,
  status: Order['status'],
  lots: readonly [
    leaves: number,
    cum: number,
    canceled: number,
    busted: number,
    canceledOnEntry: number,
    unsettled: number,
  ],
  cumTickLots: bigint,
  resting: boolean,
  cancelCause: ReasonCode | null,
  openSagas: number,
  reasons: readonly (readonly [ReasonCode, string, Reason['metadata']])[],
  updatedAtMicros: number,
];

function marketToPlain(market: Market): Plain {
  const { instrument, book, status, lastPriceTicks } = market;
  return { instrument: { ...instrument }, book: book.snapshot(), status, lastPriceTicks };
}

function restoreMarket(state: TradingState, plain: PlainMarket): void {
  const { instrument, status, lastPriceTicks } = plain;
  const book = OrderBook.restore(plain.book);
  book.listen(state.tape.listenerOf(instrument.symbol));
  state.markets.set(instrument.symbol, { instrument, book, status, lastPriceTicks });
}

function orderToPlain(order: Order): PlainOrder {
  const { terms } = order;
  const { account, clOrdId, symbol, side, ordType, timeInForce, postOnly, quantityLots, priceTicks } = terms;
  const { leavesLots, cumLots, canceledLots, bustedLots, canceledOnEntryLots, unsettledLots } = order;
  return [
    order.number,
    [account, clOrdId, symbol, side, ordType, timeInForce, postOnly, quantityLots, priceTicks],
    order.acceptedAtMicros,
    order.status,
    [leavesLots, cumLots, canceledLots, bustedLots, canceledOnEntryLots, unsettledLots],
    order.cumTickLots,
    order.resting,
    order.cancelCause ?? null,
    order.openSagas,
    order.reasons.map(({ code, message, metadata }) => [code, message, metadata] as const),
    order.updatedAtMicros,
  ];
}

function orderFromPlain(plain: PlainOrder): Order {
  const [
    number,
    terms,
    acceptedAtMicros,
    status,
    lots,
    cumTickLots,
    resting,
    cancelCause,
    openSagas,
    reasons,
    at,
  ] = plain;
  const [account, clOrdId, symbol, side, ordType, timeInForce, postOnly, quantityLots, priceTicks] = terms;
  const [leavesLots, cumLots, canceledLots, bustedLots, canceledOnEntryLots, unsettledLots] = lots;
  return {
    number,
    terms: { account, clOrdId, symbol, side, ordType, timeInForce, postOnly, quantityLots, priceTicks },
    acceptedAtMicros,
    status,
    leavesLots,
    cumLots,
    canceledLots,
    bustedLots,
    canceledOnEntryLots,
    cumTickLots,
    unsettledLots,
    resting,
    cancelCause: cancelCause ?? undefined,
    openSagas,
    reasons: reasons.map(([code, message, metadata]) => ({ code, message, metadata })),
    updatedAtMicros: at,
  };
}

function restoreOrder(state: TradingState, order: Order): void {
  state.orders.set(order.number, order);
  state.keys.set(keyOf(order.terms.account, order.terms.clOrdId), order.number);
  if (!order.resting || order.terms.timeInForce !== 'DAY') return;
  const day = dayOf(order.acceptedAtMicros);
  state.dayOrders.set(day, (state.dayOrders.get(day) ?? new Set()).add(order.number));
}

function sorted<K extends string | number, V>(map: ReadonlyMap<K, V>): [K, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
