import {
  ExpiryQueue,
  NEVER,
  OrderBook,
  PHASE_RULES,
  StopBook,
  scheduledPhaseAt,
  type TradingPhase,
} from '@clearway/domain-matching';
import { Sagas } from '@clearway/domain-saga';
import { NumberedMap, participantOf } from '@clearway/kernel';
import type { PhaseChanged, TradingStatus } from './events';
import type { Instrument } from './instrument';
import type { KillScope, KillSwitch } from './kill-scope';
import { MarketTape } from './market-tape';
import { isWorking, type Order } from './order';
import { phaseDueMicros } from './phase-clock';
import { calendarOf } from './trading-rules';

/** Closed orders that are kept in memory for duplicate keys and status questions; older ones are in the read model. */
export const CLOSED_ORDERS_MAX = 100_000;
/** New orders are refused with OVERLOADED while so many sagas live: what waits for other services must stay bounded. */
export const LIVE_SAGAS_MAX = 50_000;

/** A trade until its settlement has ended. */
export interface Trade {
  readonly number: number;
  readonly sagaNumber: number;
  readonly symbol: string;
  readonly makerOrderNumber: number;
  readonly takerOrderNumber: number;
  readonly buyOrderNumber: number;
  readonly sellOrderNumber: number;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly makerFeeMinor: bigint;
  readonly takerFeeMinor: bigint;
  busted: boolean;
}

/** A change of an order's hold while the order goes on. */
export interface HoldAdjustment {
  readonly orderNumber: number;
  /** Lots that the hold no longer needs. */
  readonly lots: number;
  /** Price that is enough from now on; 0 leaves it as it is. */
  readonly priceTicks: number;
  /** The replacement that the price is of. */
  readonly version: number;
  /** The worse price that is held until risk has lowered it; absent where the price stays, and in snapshots of older builds. */
  readonly fromPriceTicks?: number;
}

/** An auction that has ended and whose trades are made in several turns; nothing else happens in the book meanwhile. */
export interface PendingUncrossing
  extends Pick<PhaseChanged, 'phase' | 'atMicros' | 'endsAtMicros' | 'cause'> {
  /** 0 while the price is looked for. */
  readonly priceTicks: number;
  readonly lots: number;
  /** The orders of the last trade; 0 before the first. */
  buyNumber: number;
  sellNumber: number;
  /** Orders that are to be canceled when all trades are made. */
  readonly cancels: number[];
}

/** An instrument with its book. */
export interface Market {
  readonly instrument: Instrument;
  readonly book: OrderBook;
  /** Stop orders that wait for their price. */
  readonly stops: StopBook;
  phase: TradingPhase;
  /** When the phase began, for an instrument with rules of its own; else 0. */
  sinceMicros: number;
  /** When the phase ends whatever the calendar says; 0 when it does not. */
  endsAtMicros: number;
  /** Price of the last auction in which something traded; 0 before the first. */
  auctionPriceTicks: number;
  /** Undefined unless an auction has ended whose trades are not all made. */
  uncrossing?: PendingUncrossing | undefined;
  /** When the phase ends by itself: follows from the rest, no part of the snapshot. */
  dueAtMicros: number;
  /** 0 before the first trade. */
  lastPriceTicks: number;
}

/** All of one trading shard. Changed by `evolve` alone. */
export interface TradingState {
  readonly markets: Map<string, Market>;
  readonly orders: NumberedMap<Order>;
  /** Account and client order id → order number. */
  readonly keys: Map<string, number>;
  readonly trades: NumberedMap<Trade>;
  /** Account → the number by which books know its participant. */
  readonly owners: Map<string, number>;
  /** Participant → that number, from 1 on: follows from the owners, no part of the snapshot. */
  readonly participants: Map<string, number>;
  /** Open orders that end by themselves, by their time. */
  readonly expiries: ExpiryQueue;
  /** Stop orders that trades have released and that have not come to the book, in that order. */
  readonly elected: number[];
  /** Engaged kill switches by scope. */
  readonly killSwitches: Map<KillScope, KillSwitch>;
  /** Notes for the market data what a command changes; no part of the snapshot. */
  readonly tape: MarketTape;
  /** What AdjustHold sagas under way change of holds, by saga number. */
  readonly holdAdjustments: Map<number, HoldAdjustment>;
  /** Open orders that risk holds for a worse price than they have now. */
  readonly overheld: Set<number>;
  /** The earliest time at which a phase of a market ends by itself: follows from the markets, no part of the snapshot. */
  phaseDueMicros: number;
  sagas: Sagas;
  /** Numbers of closed orders, oldest first, from `closedHead` on. */
  closed: number[];
  closedHead: number;
  nextOrderNumber: number;
  nextTradeNumber: number;
  tradesSettled: number;
  tradesBusted: number;
}

/** State of an empty journal. */
export function createState(): TradingState {
  return {
    markets: new Map(),
    orders: new NumberedMap(),
    keys: new Map(),
    trades: new NumberedMap(),
    owners: new Map(),
    participants: new Map(),
    expiries: new ExpiryQueue(),
    elected: [],
    killSwitches: new Map(),
    tape: new MarketTape(),
    holdAdjustments: new Map(),
    overheld: new Set(),
    phaseDueMicros: NEVER,
    sagas: new Sagas(),
    closed: [],
    closedHead: 0,
    nextOrderNumber: 1,
    nextTradeNumber: 1,
    tradesSettled: 0,
    tradesBusted: 0,
  };
}

/** Adds an instrument that has just been listed, with an empty book. */
export function addMarket(state: TradingState, instrument: Instrument, timeMicros: number): void {
  const book = new OrderBook();
  book.listen(state.tape.listenerOf(instrument.symbol));
  const phase = scheduledPhaseAt(calendarOf(instrument), timeMicros);
  const since = { sinceMicros: instrument.rules ? timeMicros : 0, endsAtMicros: 0 };
  const prices = { lastPriceTicks: 0, auctionPriceTicks: 0 };
  setMarket(state, { instrument, book, stops: new StopBook(), phase, ...since, ...prices });
}

/** Puts a market in its place, and notes when its phase ends by itself. */
export function setMarket(state: TradingState, market: Omit<Market, 'dueAtMicros'>): void {
  const dueAtMicros = phaseDueMicros(market);
  state.markets.set(market.instrument.symbol, { ...market, dueAtMicros });
  state.phaseDueMicros = Math.min(state.phaseDueMicros, dueAtMicros);
}

/** When the next phase ends by itself, of the markets whose auctions are not being carried out; `NEVER` if none does. */
export function nextChangeMicros({ markets }: TradingState): number {
  let nextMicros = NEVER;
  for (const { uncrossing, dueAtMicros } of markets.values())
    if (!uncrossing) nextMicros = Math.min(nextMicros, dueAtMicros);
  return nextMicros;
}

/** Whether the market takes any orders now. */
export function statusOf({ phase }: Pick<Market, 'phase'>): TradingStatus {
  return PHASE_RULES[phase].timesInForce.length === 0 ? 'HALTED' : 'OPEN';
}

/** Tells whether an order that works can be taken off now: not while the auction that it stands in is carried out. */
export function mayTakeOff(state: TradingState, order: Order): boolean {
  if (!order.resting) return isWorking(order);
  return marketOf(state, order.terms.symbol).uncrossing === undefined;
}

/** Key of an owner's client order id. An account id holds no bar. */
export function keyOf(account: string, clOrdId: string): string {
  return `${account}|${clOrdId}`;
}

/** Sets the number by which books know an account's participant. */
export function setOwner(state: TradingState, account: string, owner: number): void {
  state.owners.set(account, owner);
  state.participants.set(participantOf(account), owner);
}

/** The market of a symbol that is known to exist; anything else is a bug. */
export function marketOf(state: TradingState, symbol: string): Market {
  const market = state.markets.get(symbol);
  if (!market) throw new Error(`no market ${symbol}`);
  return market;
}

/** An order that is known to exist; anything else is a bug. */
export function orderOf(state: TradingState, orderNumber: number): Order {
  const order = state.orders.get(orderNumber);
  if (!order) throw new Error(`no order ${orderNumber}`);
  return order;
}

/** A trade whose settlement has not ended; anything else is a bug. */
export function tradeOf(state: TradingState, tradeNumber: number): Trade {
  const trade = state.trades.get(tradeNumber);
  if (!trade) throw new Error(`no trade ${tradeNumber}`);
  return trade;
}

/** Price that stands for the market: the last trade, or the listing's reference before the first. */
export function marketPriceTicks(market: Market): number {
  return market.lastPriceTicks || market.instrument.referencePriceTicks;
}
