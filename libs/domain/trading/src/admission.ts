import type { ReasonCode } from '@clearway/kernel';
import { isKilled } from './kill-scope';
import { planOrder, rests } from './match-order';
import { isAtMarket, type Order, type OrderTerms } from './order';
import type { Market, TradingState } from './state';

/**
 * One check of an order against the market. `limitTicks` is the worst price that it may trade at; 0 before risk has said it.
 * Answers why the order may not go on, or undefined.
 */
export type AdmissionCheck = (
  state: TradingState,
  market: Market,
  terms: OrderTerms,
  limitTicks: number,
  order: Order | undefined,
) => ReasonCode | undefined;

/** Every check by its name. */
export const ADMISSION_CHECKS = {
  canceled: (_state, _market, _terms, _limit, order) => order?.cancelCause,
  open: (_state, _market, _terms, _limit, order) =>
    order && order.leavesLots === 0 ? 'TOO_LATE_TO_REPLACE' : undefined,
  kill: (state, _market, terms) => (isKilled(state.killSwitches, terms) ? 'KILL_SWITCH' : undefined),
  halt: (_state, { status }) => (status === 'HALTED' ? 'INSTRUMENT_HALTED' : undefined),
  postOnly: (_state, { book }, { postOnly, side }, limitTicks) =>
    postOnly && book.crosses(side, limitTicks) ? 'POST_ONLY_WOULD_TRADE' : undefined,
  fillOrKill: (state, { book }, { timeInForce }, limitTicks, order) =>
    timeInForce === 'FOK' && order && isUnfillable(state, order, book, limitTicks)
      ? 'FOK_UNFILLABLE'
      : undefined,
  liquidity: (_state, { book }, terms, limitTicks) =>
    isAtMarket(terms) && !book.crosses(terms.side, limitTicks) ? 'NO_LIQUIDITY' : undefined,
  waiting: (_state, { stops }, _terms, _limit, order) =>
    order && !stops.has(order.number) ? 'TOO_LATE_TO_REPLACE' : undefined,
  stopRoom: (_state, { stops }) => (stops.isFull ? 'OVERLOADED' : undefined),
  room: (_state, { book }, terms) => (rests(terms) && book.isFull ? 'OVERLOADED' : undefined),
} as const satisfies Readonly<Record<string, AdmissionCheck>>;

/** Name of a check. */
export type AdmissionCheckName = keyof typeof ADMISSION_CHECKS;

/**
 * The ways on which an order comes to the book, or changes there: `accept` before risk is asked and `submit` after; `stop` where it
 * waits for its price instead, `release` as long as a released one has to wait, `trigger` when it comes to the book;
 * `replace-request` before risk is asked, `replace` and `replace-stop` after.
 */
export type AdmissionPath =
  | 'accept'
  | 'submit'
  | 'stop'
  | 'release'
  | 'trigger'
  | 'replace-request'
  | 'replace'
  | 'replace-stop';

/**
 * Which checks stand on which path, in the order in which they are asked; the first that refuses is the answer. This table is
 * the only place that says so, and a test takes each entry out and shows what then goes wrong.
 */
export const ADMISSION_TABLE: Readonly<Record<AdmissionPath, readonly AdmissionCheckName[]>> = {
  accept: ['kill', 'halt'],
  submit: ['canceled', 'kill', 'halt', 'postOnly', 'fillOrKill', 'liquidity', 'room'],
  stop: ['canceled', 'kill', 'halt', 'stopRoom'],
  release: ['halt'],
  trigger: ['kill', 'liquidity', 'room'],
  'replace-request': ['kill', 'halt'],
  replace: ['open', 'kill', 'halt', 'postOnly'],
  'replace-stop': ['kill', 'halt', 'waiting'],
};

/** Asks every check of a path. Answers the reason of the first that refuses. */
export function admit(
  path: AdmissionPath,
  state: TradingState,
  market: Market,
  terms: OrderTerms,
  limitTicks: number,
  order: Order | undefined,
  table: typeof ADMISSION_TABLE = ADMISSION_TABLE,
): ReasonCode | undefined {
  for (const name of table[path]) {
    const refusal = ADMISSION_CHECKS[name](state, market, terms, limitTicks, order);
    if (refusal) return refusal;
  }
  return undefined;
}

/** Prevention may leave it short where the levels alone would not. */
function isUnfillable(state: TradingState, order: Order, book: Market['book'], limitTicks: number): boolean {
  const { side, quantityLots } = order.terms;
  if (book.availableLots(side, limitTicks, quantityLots) < quantityLots) return true;
  planOrder(state, order, book, limitTicks);
  return book.fills.filledLots < quantityLots;
}
