/**
 * What a caller should do about a reason. `never`: the same request will fail again. `same-key`: ask again with the same
 * idempotency key. `later`: ask again after the time that RetryInfo gives. `fix`: the request or the state must change first.
 */
export type RetryClass = 'never' | 'same-key' | 'later' | 'fix';

/** gRPC status names that a reason may travel under; `OK` marks business refusals inside a successful answer. */
export type StatusName =
  | 'OK'
  | 'INVALID_ARGUMENT'
  | 'FAILED_PRECONDITION'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'ABORTED'
  | 'RESOURCE_EXHAUSTED'
  | 'UNAVAILABLE'
  | 'DEADLINE_EXCEEDED'
  | 'UNAUTHENTICATED'
  | 'PERMISSION_DENIED'
  | 'INTERNAL'
  | 'DATA_LOSS';

/** One entry of the catalogue: the status it travels under, what to do about it, and what it means. */
export interface ReasonEntry {
  readonly status: StatusName;
  readonly retry: RetryClass;
  readonly meaning: string;
}

/**
 * Every reason that Clearway gives, in order of precedence: where several hold, they are listed in this order.
 * docs/ERRORS.md is generated from it.
 */
export const REASONS = {
  // The caller and the request as such.
  NO_IDENTITY: {
    status: 'UNAUTHENTICATED',
    retry: 'fix',
    meaning: 'The client certificate carries no valid SPIFFE identity.',
  },
  METHOD_NOT_ALLOWED: {
    status: 'PERMISSION_DENIED',
    retry: 'never',
    meaning: 'The identity is not on the allow-list of the method.',
  },
  NOT_YOUR_ACCOUNT: {
    status: 'PERMISSION_DENIED',
    retry: 'never',
    meaning: 'A participant named an account of another participant.',
  },
  FIELD_INVALID: {
    status: 'INVALID_ARGUMENT',
    retry: 'fix',
    meaning: 'A field has the wrong shape; metadata names it.',
  },
  INVALID_PAGE: {
    status: 'INVALID_ARGUMENT',
    retry: 'fix',
    meaning: 'The page size or page token is not valid.',
  },
  UNKNOWN_SYMBOL: { status: 'NOT_FOUND', retry: 'fix', meaning: 'No such instrument is listed.' },
  UNKNOWN_ASSET: { status: 'NOT_FOUND', retry: 'fix', meaning: 'The asset is not in the catalogue.' },
  UNKNOWN_ORDER: {
    status: 'NOT_FOUND',
    retry: 'fix',
    meaning: 'No such order exists among those the caller may see.',
  },
  UNKNOWN_TRANSFER: { status: 'NOT_FOUND', retry: 'fix', meaning: 'No such deposit or withdrawal exists.' },
  UNKNOWN_SAGA: { status: 'NOT_FOUND', retry: 'fix', meaning: 'No such saga exists on this host.' },
  UNKNOWN_SHARD: { status: 'NOT_FOUND', retry: 'fix', meaning: 'This process does not own the shard.' },
  CL_ORD_ID_REUSED: {
    status: 'ALREADY_EXISTS',
    retry: 'fix',
    meaning: 'The client order id was used with another body.',
  },
  ORDER_PENDING: {
    status: 'ABORTED',
    retry: 'same-key',
    meaning: 'The order is on its way to the book, or being replaced; ask again.',
  },
  REQUEST_ID_REUSED: {
    status: 'ALREADY_EXISTS',
    retry: 'fix',
    meaning: 'The request id was used with another body.',
  },
  SYMBOL_EXISTS: {
    status: 'ALREADY_EXISTS',
    retry: 'fix',
    meaning: 'The symbol is listed with other terms.',
  },
  UNKNOWN_KILL_SWITCH: { status: 'NOT_FOUND', retry: 'fix', meaning: 'No such kill switch is engaged.' },
  SECOND_PERSON_NEEDED: {
    status: 'FAILED_PRECONDITION',
    retry: 'fix',
    meaning: 'A release must be requested by one operator and confirmed by another.',
  },
  WRONG_PHASE: {
    status: 'FAILED_PRECONDITION',
    retry: 'fix',
    meaning: 'The instrument’s trading phase allows no such change.',
  },
  PAST_PIVOT: {
    status: 'FAILED_PRECONDITION',
    retry: 'never',
    meaning: 'The saga passed its pivot and can only go forward.',
  },
  EVENT_BEYOND_HEAD: {
    status: 'FAILED_PRECONDITION',
    retry: 'fix',
    meaning: 'The cursor is ahead of the journal.',
  },
  // Pre-trade risk, all evaluated on each order.
  UNKNOWN_ACCOUNT: { status: 'OK', retry: 'fix', meaning: 'The account has never been funded.' },
  BLACKLISTED: { status: 'OK', retry: 'never', meaning: 'The participant is on the blacklist.' },
  ACCOUNT_FROZEN: { status: 'OK', retry: 'fix', meaning: 'The account is frozen.' },
  INSUFFICIENT_FUNDS: {
    status: 'OK',
    retry: 'fix',
    meaning: 'Available funds do not cover the worst case with fees.',
  },
  INSUFFICIENT_POSITION: {
    status: 'OK',
    retry: 'fix',
    meaning: 'The available position does not cover the quantity.',
  },
  POSITION_LIMIT: { status: 'OK', retry: 'fix', meaning: 'Position and open buys would exceed the limit.' },
  ORDER_RATE: {
    status: 'OK',
    retry: 'later',
    meaning: 'Too many orders in this instrument within 60 seconds.',
  },
  PRICE_DEVIATION: { status: 'OK', retry: 'fix', meaning: 'The price is too far from the market.' },
  ORDER_SIZE: { status: 'OK', retry: 'fix', meaning: 'The quantity exceeds the limit of one order.' },
  ORDER_NOTIONAL: { status: 'OK', retry: 'fix', meaning: 'The notional exceeds the limit of one order.' },
  FAT_FINGER: {
    status: 'OK',
    retry: 'fix',
    meaning: 'The quantity is far above what trades in the instrument.',
  },
  // The book.
  KILL_SWITCH: {
    status: 'OK',
    retry: 'later',
    meaning: 'A kill switch covers the account, the instrument or everything; cancels still pass.',
  },
  INSTRUMENT_HALTED: {
    status: 'OK',
    retry: 'later',
    meaning: 'The instrument is halted; cancels still pass.',
  },
  INSTRUMENT_CLOSED: {
    status: 'OK',
    retry: 'later',
    meaning: 'The trading day is over or has not begun; cancels still pass.',
  },
  AUCTION_UNDER_WAY: {
    status: 'OK',
    retry: 'later',
    meaning:
      'The auction has ended and its trades are being made; orders are taken again in a moment, cancels come after them.',
  },
  TIME_IN_FORCE_NOT_IN_PHASE: {
    status: 'OK',
    retry: 'later',
    meaning:
      'The trading phase takes no order of this time in force: immediate ones need continuous trading.',
  },
  ORDER_NOT_IN_PHASE: {
    status: 'OK',
    retry: 'later',
    meaning: 'The trading phase takes no order of this kind: post-only needs continuous trading.',
  },
  PRICE_OUT_OF_BAND: {
    status: 'OK',
    retry: 'fix',
    meaning: 'The limit is outside the static price band around the reference price.',
  },
  POST_ONLY_WOULD_TRADE: {
    status: 'OK',
    retry: 'fix',
    meaning: 'A post-only order would have traded on entry.',
  },
  FOK_UNFILLABLE: { status: 'OK', retry: 'fix', meaning: 'A fill-or-kill order could not be filled whole.' },
  NO_LIQUIDITY: {
    status: 'OK',
    retry: 'later',
    meaning: 'Nothing rests within the price of a market order.',
  },
  IOC_REMAINDER: {
    status: 'OK',
    retry: 'never',
    meaning: 'What an immediate order could not fill was canceled.',
  },
  SELF_TRADE_PREVENTED: {
    status: 'OK',
    retry: 'never',
    meaning: 'The order would have traded with a resting order of the same participant.',
  },
  PRICE_BAND_REACHED: {
    status: 'OK',
    retry: 'later',
    meaning: 'The rest would have traded outside the price band around the last trade and was canceled.',
  },
  AUCTION_REMAINDER: {
    status: 'OK',
    retry: 'never',
    meaning: 'What the auction left of an order at market or for the auction only was canceled.',
  },
  BEYOND_PROTECTION: {
    status: 'OK',
    retry: 'fix',
    meaning: 'The auction would have filled an order at market at a worse price than its hold covers.',
  },
  TOO_LATE_TO_REPLACE: {
    status: 'OK',
    retry: 'never',
    meaning: 'The order was filled or taken off before it could be replaced.',
  },
  CANCELED_BY_OWNER: {
    status: 'OK',
    retry: 'never',
    meaning: 'The owner or an operator canceled the order.',
  },
  DISCONNECTED: {
    status: 'OK',
    retry: 'never',
    meaning: 'The order-entry stream ended and asked for cancel on disconnect.',
  },
  DAY_ENDED: { status: 'OK', retry: 'never', meaning: 'The trading day ended.' },
  GTD_EXPIRED: { status: 'OK', retry: 'never', meaning: 'The time until which the order was good is over.' },
  MASS_CANCELED: {
    status: 'OK',
    retry: 'never',
    meaning: 'The owner or an operator canceled many orders at once.',
  },
  // Sagas.
  STEP_DEADLINE: {
    status: 'OK',
    retry: 'later',
    meaning: 'A service did not answer in time; the order was undone.',
  },
  ALREADY_COMPENSATED: { status: 'OK', retry: 'never', meaning: 'The step was undone before it arrived.' },
  OPERATOR_COMPENSATED: { status: 'OK', retry: 'never', meaning: 'An operator undid the saga.' },
  STEP_FAILED: { status: 'OK', retry: 'later', meaning: 'A step failed for good before the pivot.' },
  TRADE_BUSTED: { status: 'OK', retry: 'never', meaning: 'Clearing refused the trade; it was undone.' },
  // The service itself.
  SLOW_READER: { status: 'RESOURCE_EXHAUSTED', retry: 'later', meaning: 'The reader fell too far behind.' },
  OVERLOADED: {
    status: 'RESOURCE_EXHAUSTED',
    retry: 'later',
    meaning: 'A queue is full; nothing was accepted.',
  },
  DRAINING: { status: 'UNAVAILABLE', retry: 'same-key', meaning: 'The service is stopping.' },
  NOT_READY: { status: 'UNAVAILABLE', retry: 'same-key', meaning: 'The service does not own its shard yet.' },
  NOT_OWNER: {
    status: 'UNAVAILABLE',
    retry: 'same-key',
    meaning: 'Another process owns the shard; metadata names it and, where known, its address.',
  },
  OUTCOME_UNKNOWN: {
    status: 'DEADLINE_EXCEEDED',
    retry: 'same-key',
    meaning: 'The deadline passed first; ask by key.',
  },
  INTERNAL: {
    status: 'INTERNAL',
    retry: 'never',
    meaning: 'A bug; the log has the cause under the trace id.',
  },
  CHAIN_BROKEN: {
    status: 'DATA_LOSS',
    retry: 'never',
    meaning: 'A journal or ledger check failed; the service stops.',
  },
} as const satisfies Record<string, ReasonEntry>;

/** Code of a reason: a key of the catalogue. */
export type ReasonCode = keyof typeof REASONS;

/** One reason with the figures that led to it; the same figures stand in `metadata` for programs. */
export interface Reason {
  readonly code: ReasonCode;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Builds a reason; without a message of its own it says what the catalogue says. */
export function reason(
  code: ReasonCode,
  message?: string,
  metadata: Readonly<Record<string, string>> = {},
): Reason {
  return { code, message: message ?? REASONS[code].meaning, metadata };
}

const PRECEDENCE = new Map(Object.keys(REASONS).map((code, index) => [code, index]));

/** Sorts reasons into catalogue order, so that equal decisions read alike. */
export function inPrecedence(reasons: readonly Reason[]): Reason[] {
  return [...reasons].sort((a, b) => (PRECEDENCE.get(a.code) ?? 0) - (PRECEDENCE.get(b.code) ?? 0));
}

/** Tells whether a text from the wire is a code of this catalogue. */
export function isReasonCode(text: string): text is ReasonCode {
  return PRECEDENCE.has(text);
}
