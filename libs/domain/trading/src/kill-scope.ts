import type { OrderTerms } from './order';

/** Everything, one account or one instrument. */
export type KillScope = 'all' | `account/${string}` | `instrument/${string}`;

/** A kill switch that is engaged. */
export interface KillSwitch {
  readonly scope: KillScope;
  /** SPIFFE id of the operator who engaged it. */
  readonly engagedBy: string;
  readonly note: string;
  readonly engagedAtMicros: number;
  /** When it was proven that no order of the scope is open; 0 until then. */
  provenAtMicros: number;
  /** Orders that were cancelled because of it. */
  canceledOrders: number;
  /** SPIFFE id of the operator who asked for its release; empty until then. */
  releaseRequestedBy: string;
}

/** Tells whether a scope covers orders like this one. */
export function covers(scope: KillScope, { account, symbol }: OrderTerms): boolean {
  return scope === 'all' || scope === `account/${account}` || scope === `instrument/${symbol}`;
}

/** Tells whether an engaged switch covers orders like this one. */
export function isKilled(
  killSwitches: ReadonlyMap<KillScope, KillSwitch>,
  terms: Pick<OrderTerms, 'account' | 'symbol'>,
): boolean {
  if (killSwitches.size === 0) return false;
  return (
    killSwitches.has('all') ||
    killSwitches.has(`account/${terms.account}`) ||
    killSwitches.has(`instrument/${terms.symbol}`)
  );
}
