/**
 * Limits of pre-trade risk as integers. In an override 0 means "inherit": the next less specific scope decides. Quantities
 * and positions are base minor units, notionals quote minor units.
 */
export interface OrderLimits {
  readonly orderQtyMaxMinor: bigint;
  readonly orderNotionalMaxMinor: bigint;
  readonly positionMaxMinor: bigint;
  /** Orders that an account may place in one symbol within any 60 seconds. */
  readonly ordersPerMinuteMax: number;
  /** How far a limit price may be from the market, in basis points of the market; also the collar of market orders. */
  readonly priceDeviationBpsMax: number;
  /** How many times the average of the symbol's recent fills an order may be. */
  readonly fatFingerMultipleMax: number;
}

/** Whom an override is for. An empty account or symbol means "any"; both empty is the house's own default. */
export interface LimitScope {
  readonly account: string;
  readonly symbol: string;
}

/** Largest order rate that may be set: it bounds the memory of one rate window. */
export const ORDERS_PER_MINUTE_CEILING = 10_000;

/**
 * Order rate that means "do not count": for accounts that risk trusts with any rate, such as market makers behind limits of
 * their own. Nothing is kept for them.
 */
export const ORDERS_PER_MINUTE_UNLIMITED = 4_294_967_295;

/** Largest price deviation that may be set, in basis points: a market price away in either direction. */
export const PRICE_DEVIATION_BPS_CEILING = 10_000;

/**
 * What holds where nothing was set. The rate, deviation and fat-finger figures are the product's; the amounts are backstops in
 * minor units that fit any asset (10^13 is a hundred billion US dollars in cents, or a hundred thousand bitcoins in satoshis).
 */
export const DEFAULT_LIMITS: OrderLimits = {
  orderQtyMaxMinor: 10n ** 13n,
  orderNotionalMaxMinor: 10n ** 13n,
  positionMaxMinor: 10n ** 15n,
  ordersPerMinuteMax: 100,
  priceDeviationBpsMax: 500,
  fatFingerMultipleMax: 50,
};

/** Accounts whose limits are kept worked out; beyond it all are worked out again. */
const KNOWN_ACCOUNTS_MAX = 20_000;

/** An override that sets nothing. */
export const INHERITED_LIMITS: OrderLimits = {
  orderQtyMaxMinor: 0n,
  orderNotionalMaxMinor: 0n,
  positionMaxMinor: 0n,
  ordersPerMinuteMax: 0,
  priceDeviationBpsMax: 0,
  fatFingerMultipleMax: 0,
};

/** Tells whether an override sets nothing, so that it need not be kept. */
export function inheritsAll(limits: OrderLimits): boolean {
  return Object.values(limits).every((value) => value === 0 || value === 0n);
}

/**
 * The overrides that were set, and what follows from them. For each figure the most specific value that was set wins:
 * account and symbol, then account, then symbol, then the default override, then `DEFAULT_LIMITS`.
 */
export class LimitTable {
  private readonly overrides = new Map<
    string,
    { readonly scope: LimitScope; readonly limits: OrderLimits }
  >();

  /** What follows from the overrides, by account and symbol: every order asks twice. Not in snapshots. */
  private readonly known = new Map<string, Map<string, OrderLimits>>();

  /** Replaces the override of a scope as a whole. Called from `evolve` alone. */
  set(scope: LimitScope, limits: OrderLimits): void {
    this.known.clear();
    if (inheritsAll(limits)) this.overrides.delete(scopeKey(scope.account, scope.symbol));
    else this.overrides.set(scopeKey(scope.account, scope.symbol), { scope, limits });
  }

  /** Returns the limits that apply to an account's orders in a symbol; every figure is set. */
  effective(account: string, symbol: string): OrderLimits {
    if (this.overrides.size === 0) return DEFAULT_LIMITS;
    const known = this.known.get(account)?.get(symbol);
    if (known) return known;
    if (this.known.size >= KNOWN_ACCOUNTS_MAX) this.known.clear();
    const limits = this.workOut(account, symbol);
    const bySymbol = this.known.get(account) ?? new Map<string, OrderLimits>();
    this.known.set(account, bySymbol.set(symbol, limits));
    return limits;
  }

  private workOut(account: string, symbol: string): OrderLimits {
    const specificFirst = [
      this.overrides.get(scopeKey(account, symbol)),
      this.overrides.get(scopeKey(account, '')),
      this.overrides.get(scopeKey('', symbol)),
      this.overrides.get(scopeKey('', '')),
    ];
    const set = specificFirst.flatMap((entry) => (entry ? [entry.limits] : []));
    return set.length === 0 ? DEFAULT_LIMITS : merge([...set, DEFAULT_LIMITS]);
  }

  /** All overrides in ascending order of account and symbol. */
  entries(): { readonly scope: LimitScope; readonly limits: OrderLimits }[] {
    return [...this.overrides].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  }
}

function scopeKey(account: string, symbol: string): string {
  return `${account}|${symbol}`;
}

function merge(specificFirst: readonly OrderLimits[]): OrderLimits {
  const firstSet = <T extends number | bigint>(pick: (limits: OrderLimits) => T): T => {
    const values = specificFirst.map(pick);
    return values.find((value) => value > 0) ?? (values.at(-1) as T);
  };
  return {
    orderQtyMaxMinor: firstSet((limits) => limits.orderQtyMaxMinor),
    orderNotionalMaxMinor: firstSet((limits) => limits.orderNotionalMaxMinor),
    positionMaxMinor: firstSet((limits) => limits.positionMaxMinor),
    ordersPerMinuteMax: firstSet((limits) => limits.ordersPerMinuteMax),
    priceDeviationBpsMax: firstSet((limits) => limits.priceDeviationBpsMax),
    fatFingerMultipleMax: firstSet((limits) => limits.fatFingerMultipleMax),
  };
}
