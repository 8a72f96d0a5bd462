import {
  type BookSnapshot,
  OrderBook,
  type Side,
  type SideSnapshot,
  StopBook,
} from '@clearway/domain-matching';
import { Sagas } from '@clearway/domain-saga';
import {
  finished,
  type Plain,
  PlainFields,
  type PlainParts,
  participantOf,
  type Reason,
  type ReasonCode,
  wholePlain,
} from '@clearway/kernel';
import type { TradingStatus } from './events';
import { expireLater } from './evolve-expiry';
import { isOverheld, keysOf } from './evolve-replace';
import type { Instrument } from './instrument';
import type { KillSwitch } from './kill-scope';
import {
  type Amendments,
  isWorking,
  type Order,
  type OrderExtras,
  type OrderTerms,
  type StopState,
} from './order';
import {
  createState,
  type HoldAdjustment,
  type Market,
  type PendingUncrossing,
  setMarket,
  setOwner,
  statusOf,
  type Trade,
  type TradingState,
} from './state';

/** Version 1 numbered owners by account; since version 2 they are numbered by participant, and orders may have extras. */
const SNAPSHOT_VERSION = 2;

/** Writes the whole state down in one canonical form: maps by ascending key, derived indexes left out. */
export function snapshot(state: TradingState): Plain {
  return wholePlain(cut(state));
}

/** The same bit by bit: orders, trades and sagas are written down one by one while the state goes on. */
export function cut(state: TradingState): PlainParts {
  return new PlainFields({
    version: SNAPSHOT_VERSION,
    markets: sorted(state.markets).map(([, market]) => marketToPlain(market)),
    orders: state.orders.cut(orderToPlain),
    trades: state.trades.cut(tradeToPlain),
    owners: sorted(state.owners).map(([account, owner]) => [account, owner]),
    killSwitches: sorted(state.killSwitches).map(([, killSwitch]) => ({ ...killSwitch })),
    holdAdjustments: sorted(state.holdAdjustments).map(([saga, adjustment]) => [saga, { ...adjustment }]),
    elected: [...state.elected],
    closed: state.closed.slice(state.closedHead),
    sagas: state.sagas.cut(),
    nextOrderNumber: state.nextOrderNumber,
    nextTradeNumber: state.nextTradeNumber,
    tradesSettled: state.tradesSettled,
    tradesBusted: state.tradesBusted,
  });
}

/** Rebuilds the state that `snapshot` wrote, or an older build's. Throws on any other version. */
export function restore(plain: Plain): TradingState {
  return finished(restoring(plain));
}

/** The same step by step: it yields after each market, order and trade. */
export function* restoring(plain: Plain): Generator<undefined, TradingState> {
  const written = plain as unknown as PlainState;
  if (written.version !== 1 && written.version !== SNAPSHOT_VERSION)
    throw new Error(`trading snapshot version ${String(written.version)} is not known`);
  const from = written.version === 1 ? withOwnersByParticipant(written) : written;
  const state = createState();
  for (const market of from.markets) yield restoreMarket(state, market);
  for (const order of from.orders) yield restoreOrder(state, orderFromPlain(order));
  for (const trade of from.trades) {
    state.trades.set(trade.number, { ...trade });
    yield;
  }
  for (const [account, owner] of from.owners) setOwner(state, account, owner);
  for (const killSwitch of from.killSwitches) state.killSwitches.set(killSwitch.scope, { ...killSwitch });
  for (const [saga, adjustment] of from.holdAdjustments ?? [])
    state.holdAdjustments.set(saga, { ...adjustment });
  for (const number of from.elected ?? []) state.elected.push(number);
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
  readonly holdAdjustments?: readonly (readonly [number, HoldAdjustment])[];
  readonly elected?: readonly number[];
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
  readonly stops?: Plain;
  /** What an older build reads, and wrote alone. */
  readonly status: TradingStatus;
  /** Absent for a market that is in continuous trading or halted and never was in another phase. */
  readonly session?: Session;
  readonly lastPriceTicks: number;
}

/** Where a market is in its day. */
type Session = Pick<Market, 'phase' | 'sinceMicros' | 'endsAtMicros' | 'auctionPriceTicks' | 'uncrossing'>;

/** One order as a row: a hundred thousand of them would spend most of their bytes on field names otherwise. */
type PlainOrder = readonly [...OrdinaryParts, ...([special: Plain] | [])];

type OrdinaryParts = readonly [
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

/** What is not as in an ordinary order; the whole is absent when nothing is. */
interface SpecialParts {
  readonly adjustedLots?: number;
  readonly extras?: OrderExtras;
  readonly amend?: Amendments;
  readonly stop?: StopState;
}

function marketToPlain(market: Market): Plain {
  const { instrument, book, stops, lastPriceTicks } = market;
  const session = sessionOf(market);
  const plain = {
    instrument: { ...instrument } as unknown as Plain,
    book: book.snapshot(),
    status: statusOf(market),
    lastPriceTicks,
    ...(session && { session: { ...session } as unknown as Plain }),
  };
  return stops.orderCount === 0 ? plain : { ...plain, stops: stops.snapshot() };
}

function sessionOf(market: Market): Session | undefined {
  const { phase, sinceMicros, endsAtMicros, auctionPriceTicks, uncrossing } = market;
  const isPlain = phase === 'CONTINUOUS' || phase === 'HALTED';
  const session = { phase, sinceMicros, endsAtMicros, auctionPriceTicks };
  if (uncrossing) return { ...session, uncrossing: copyOf(uncrossing) };
  return isPlain && sinceMicros + endsAtMicros + auctionPriceTicks === 0 ? undefined : session;
}

function restoreMarket(state: TradingState, plain: PlainMarket): undefined {
  const { instrument, status, lastPriceTicks } = plain;
  const phase = status === 'HALTED' ? 'HALTED' : 'CONTINUOUS';
  const session = plain.session ?? { phase, sinceMicros: 0, endsAtMicros: 0, auctionPriceTicks: 0 };
  const book = OrderBook.restore(plain.book);
  book.listen(state.tape.listenerOf(instrument.symbol));
  const stops = plain.stops === undefined ? new StopBook() : StopBook.restore(plain.stops);
  const { uncrossing, ...rest } = session;
  setMarket(state, {
    instrument,
    book,
    stops,
    lastPriceTicks,
    ...rest,
    uncrossing: uncrossing && copyOf(uncrossing),
  });
}

function copyOf(uncrossing: PendingUncrossing): PendingUncrossing {
  return { ...uncrossing, cancels: [...uncrossing.cancels] };
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
    ...specialParts(order),
  ];
}

function tradeToPlain(trade: Trade): Plain {
  return { ...trade };
}

function specialParts(order: Order): [Plain] | [] {
  const { adjustedLots, terms } = order;
  const parts = {
    ...(adjustedLots === 0 ? {} : { adjustedLots }),
    ...(order.stop === undefined ? {} : { stop: order.stop }),
    ...(order.amend === undefined ? {} : { amend: order.amend }),
    ...(terms.extras === undefined ? {} : { extras: { ...terms.extras } }),
  };
  return Object.keys(parts).length === 0 ? [] : [parts as Plain];
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
    special,
  ] = plain;
  const { extras, amend, stop, adjustedLots = 0 } = (special ?? {}) as SpecialParts;
  const [account, clOrdId, symbol, side, ordType, timeInForce, postOnly, quantityLots, priceTicks] = terms;
  const ordinary = {
    account,
    clOrdId,
    symbol,
    side,
    ordType,
    timeInForce,
    postOnly,
    quantityLots,
    priceTicks,
  };
  const [leavesLots, cumLots, canceledLots, bustedLots, canceledOnEntryLots, unsettledLots] = lots;
  return {
    number,
    terms: extras ? { ...ordinary, extras } : ordinary,
    acceptedAtMicros,
    status,
    leavesLots,
    cumLots,
    canceledLots,
    bustedLots,
    canceledOnEntryLots,
    adjustedLots,
    cumTickLots,
    unsettledLots,
    resting,
    cancelCause: cancelCause ?? undefined,
    openSagas,
    reasons: reasons.map(([code, message, metadata]) => ({ code, message, metadata })),
    updatedAtMicros: at,
    amend,
    stop,
  };
}

function restoreOrder(state: TradingState, order: Order): undefined {
  state.orders.set(order.number, order);
  for (const key of keysOf(order)) state.keys.set(key, order.number);
  if (isOverheld(order)) state.overheld.add(order.number);
  if (isWorking(order)) expireLater(state, order);
}

/** Numbers participants in the order in which their first accounts came, as a replay would. */
function withOwnersByParticipant(from: PlainState): PlainState {
  const numbers = new Map<string, number>();
  const renumbered = new Map<number, number>();
  const accounts = [...from.owners].sort(([, a], [, b]) => a - b);
  for (const [account, owner] of accounts) {
    const participant = participantOf(account);
    const number = numbers.get(participant) ?? numbers.size + 1;
    numbers.set(participant, number);
    renumbered.set(owner, number);
  }
  const ownerOf = (owner: number): number => renumbered.get(owner) ?? owner;
  return {
    ...from,
    owners: from.owners.map(([account, owner]) => [account, ownerOf(owner)]),
    markets: from.markets.map((market) => ({ ...market, book: withOwners(market.book, ownerOf) })),
  };
}

function withOwners(book: Plain, ownerOf: (owner: number) => number): Plain {
  const { version, bids, asks } = book as unknown as BookSnapshot;
  const side = (from: SideSnapshot): Plain => ({ ...from, owners: from.owners.map(ownerOf) });
  return { version, bids: side(bids), asks: side(asks) };
}

function sorted<K extends string | number, V>(map: Iterable<[K, V]>): [K, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
