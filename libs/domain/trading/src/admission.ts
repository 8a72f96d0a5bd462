import { type PhaseRefusal, phaseRefusal } from '@clearway/domain-matching';
import { participantOf, type ReasonCode } from '@clearway/kernel';
import type { MassCancelScope } from './commands';
import { expiryCauseOf, expiryOf } from './evolve-expiry';
import type { TradingHost } from './host';
import { isKilled } from './kill-scope';
import { planOrder, rests } from './match-order';
import { isAtMarket, isOpen, isStop, type Order, type OrderTerms } from './order';
import { isOutsideStaticBand, limitWithinBands } from './price-bands';
import type { Market, Trade, TradingState } from './state';

/** What a path is about besides an order: the orders that a mass cancel means, or the trade that a bust undoes. */
export interface AdmissionSubject {
  readonly scope?: MassCancelScope;
  /** Orders with a lower number were there when the mass cancel came. */
  readonly belowOrderNumber?: number;
  readonly trade?: Trade;
}

/**
 * One check of an order against the market. `limitTicks` is the worst price that it may trade at; 0 before risk has said it.
 * Answers why the order may not go on, or undefined.
 */
export type AdmissionCheck = (
  host: TradingHost,
  market: Market,
  terms: OrderTerms,
  limitTicks: number,
  order: Order | undefined,
  subject: AdmissionSubject,
) => ReasonCode | undefined;

/** Every check by its name. */
export const ADMISSION_CHECKS = {
  canceled: (_host, _market, _terms, _limit, order) => order?.cancelCause,
  open: (_host, _market, _terms, _limit, order) =>
    order && order.leavesLots === 0 ? 'TOO_LATE_TO_REPLACE' : undefined,
  kill: ({ state }, _market, terms) => (isKilled(state.killSwitches, terms) ? 'KILL_SWITCH' : undefined),
  phase: (_host, market, terms) => phaseReason(market, terms),
  expired: ({ state, nowMicros }, _market, _terms, _limit, order) =>
    order && expiryOf(state, order) <= nowMicros ? expiryCauseOf(order.terms) : undefined,
  phaseOpen: (_host, market) => {
    const refusal = phaseReason(market, ANY_TERMS);
    return refusal && CLOSED_REASONS.has(refusal) ? refusal : undefined;
  },
  matching: (_host, { phase }) => (phase === 'CONTINUOUS' ? undefined : 'ORDER_NOT_IN_PHASE'),
  limited: (_host, _market, terms, _limit, order) =>
    order?.resting && isAtMarket(terms) ? 'ORDER_NOT_IN_PHASE' : undefined,
  staticBand: (_host, market, terms) =>
    isOutsideStaticBand(market, terms) ? 'PRICE_OUT_OF_BAND' : undefined,
  protection: (_host, _market, terms, priceTicks, order) =>
    order && isAtMarket(terms) && isBeyondHold(order, priceTicks) ? 'BEYOND_PROTECTION' : undefined,
  postOnly: (_host, { book }, { postOnly, side }, limitTicks) =>
    postOnly && book.crosses(side, limitTicks) ? 'POST_ONLY_WOULD_TRADE' : undefined,
  fillOrKill: ({ state }, market, { timeInForce }, limitTicks, order) =>
    timeInForce === 'FOK' && order && isUnfillable(state, order, market, limitTicks)
      ? 'FOK_UNFILLABLE'
      : undefined,
  liquidity: (_host, { book }, terms, limitTicks) =>
    isAtMarket(terms) && !rests(terms) && !book.crosses(terms.side, limitTicks) ? 'NO_LIQUIDITY' : undefined,
  waiting: (_host, { stops }, _terms, _limit, order) =>
    order && !stops.has(order.number) ? 'TOO_LATE_TO_REPLACE' : undefined,
  stopRoom: (_host, { stops }) => (stops.isFull ? 'OVERLOADED' : undefined),
  room: (_host, { book }, terms) => (rests(terms) && book.isFull ? 'OVERLOADED' : undefined),
  live: (_host, _market, _terms, _limit, order) => (order && !isOpen(order) ? 'UNKNOWN_ORDER' : undefined),
  before: (_host, _market, _terms, _limit, order, { belowOrderNumber = 0 }) =>
    order && order.number >= belowOrderNumber ? 'UNKNOWN_ORDER' : undefined,
  owner: (_host, _market, { account }, _limit, _order, { scope }) =>
    isAsked(scope?.participant, participantOf(account)) && isAsked(scope?.account, account)
      ? undefined
      : 'NOT_YOUR_ACCOUNT',
  scope: (_host, _market, { symbol, side }, _limit, _order, { scope }) =>
    isAsked(scope?.symbol, symbol) && isAsked(scope?.side, side) ? undefined : 'UNKNOWN_ORDER',
  standing: (_host, _market, _terms, _limit, _order, { trade }) =>
    trade?.busted ? 'TRADE_BUSTED' : undefined,
} as const satisfies Readonly<Record<string, AdmissionCheck>>;

/** Name of a check. */
export type AdmissionCheckName = keyof typeof ADMISSION_CHECKS;

/**
 * The ways on which an order comes to the book, or changes there: `accept` before risk is asked and `submit` after; `stop` where it
 * waits for its price instead, `release` as long as a released one has to wait, `trigger` when it comes to the book;
 * `replace-request` before risk is asked, `replace` and `replace-stop` after; `uncross` for each order that an auction would fill;
 * `mass-cancel` for each order that there is, and `bust` for the trade that is undone. `refresh`, where an iceberg shows itself anew,
 * and `expiry` ask nothing: the order was admitted whole, with what it hides, and each of its trades is a taker's, who was asked;
 * what leaves by time leaves always, as what its owner cancels does.
 */
export type AdmissionPath =
  | 'accept'
  | 'submit'
  | 'stop'
  | 'release'
  | 'trigger'
  | 'replace-request'
  | 'replace'
  | 'replace-stop'
  | 'uncross'
  | 'refresh'
  | 'mass-cancel'
  | 'bust'
  | 'expiry';

/**
 * Which checks stand on which path, in the order in which they are asked; the first that refuses is the answer. This table is
 * the only place that says so, and a test takes each entry out and shows what then goes wrong.
 */
export const ADMISSION_TABLE: Readonly<Record<AdmissionPath, readonly AdmissionCheckName[]>> = {
  accept: ['kill', 'phase', 'staticBand'],
  submit: [
    'canceled',
    'kill',
    'phase',
    'expired',
    'staticBand',
    'postOnly',
    'fillOrKill',
    'liquidity',
    'room',
  ],
  stop: ['canceled', 'kill', 'phase', 'expired', 'staticBand', 'stopRoom'],
  release: ['matching'],
  trigger: ['kill', 'staticBand', 'liquidity', 'room'],
  'replace-request': ['kill', 'phaseOpen', 'limited', 'staticBand'],
  replace: ['open', 'kill', 'phaseOpen', 'staticBand', 'postOnly'],
  'replace-stop': ['kill', 'phaseOpen', 'staticBand', 'waiting'],
  uncross: ['kill', 'protection'],
  refresh: [],
  'mass-cancel': ['live', 'before', 'owner', 'scope'],
  bust: ['standing'],
  expiry: [],
};

/** Asks every check of a path. Answers the reason of the first that refuses. */
export function admit(
  path: AdmissionPath,
  host: TradingHost,
  market: Market,
  terms: OrderTerms,
  limitTicks: number,
  order: Order | undefined,
  subject: AdmissionSubject = NO_SUBJECT,
): ReasonCode | undefined {
  for (const name of ADMISSION_TABLE[path]) {
    const refusal = ADMISSION_CHECKS[name](host, market, terms, limitTicks, order, subject);
    if (refusal) return refusal;
  }
  return undefined;
}

const NO_SUBJECT: AdmissionSubject = {};

/** True of what a scope names, and of everything where it names nothing. */
function isAsked<Value>(named: Value | undefined, value: Value): boolean {
  return named === undefined || named === value;
}

/** Prevention may leave it short where the levels alone would not. */
function isUnfillable(state: TradingState, order: Order, market: Market, ownLimitTicks: number): boolean {
  const { book } = market;
  const { side, quantityLots } = order.terms;
  const limitTicks = limitWithinBands(market, side, ownLimitTicks);
  if (book.availableLots(side, limitTicks, quantityLots) < quantityLots) return true;
  planOrder(state, order, book, limitTicks);
  return book.fills.filledLots < quantityLots;
}

/** What a phase takes unless it takes nothing. */
const ANY_TERMS = { timeInForce: 'GTC', ordType: 'LIMIT', postOnly: false } as const;

/** Why a phase takes no order at all. */
const CLOSED_REASONS = new Set<ReasonCode>(['INSTRUMENT_HALTED', 'INSTRUMENT_CLOSED', 'AUCTION_UNDER_WAY']);

/** What an order is told that the phase does not take. */
const PHASE_REASONS: Readonly<Record<Exclude<PhaseRefusal, 'CLOSED_TO_ORDERS'>, ReasonCode>> = {
  TIME_IN_FORCE: 'TIME_IN_FORCE_NOT_IN_PHASE',
  AT_MARKET: 'ORDER_NOT_IN_PHASE',
  STOP: 'ORDER_NOT_IN_PHASE',
  POST_ONLY: 'ORDER_NOT_IN_PHASE',
};

/** Continuous trading takes everything but orders for an auction only, which is told first because it is asked of each order. */
function phaseReason(
  { phase, uncrossing }: Market,
  terms: Pick<OrderTerms, 'timeInForce' | 'ordType' | 'postOnly'>,
): ReasonCode | undefined {
  if (uncrossing) return 'AUCTION_UNDER_WAY';
  const { timeInForce, postOnly: isPostOnly } = terms;
  if (phase === 'CONTINUOUS' && timeInForce !== 'AT_AUCTION') return undefined;
  const refusal = phaseRefusal(phase, {
    timeInForce,
    isAtMarket: isAtMarket(terms),
    isStop: isStop(terms),
    isPostOnly,
  });
  if (refusal !== 'CLOSED_TO_ORDERS') return refusal && PHASE_REASONS[refusal];
  return phase === 'HALTED' ? 'INSTRUMENT_HALTED' : 'INSTRUMENT_CLOSED';
}

/** True if a trade at the price would cost more, or bring less, than the order's hold covers. */
function isBeyondHold({ terms, stop }: Order, priceTicks: number): boolean {
  if (!stop) return false;
  return terms.side === 'BUY' ? priceTicks > stop.protectionTicks : priceTicks < stop.protectionTicks;
}
