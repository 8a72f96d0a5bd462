import type { Plain } from '@clearway/kernel';

/** Fills of a symbol that are remembered. */
export const RECENT_FILLS_MAX = 64;

/** Fills of a symbol that must be known before an average says anything. */
export const RECENT_FILLS_MIN = 20;

/**
 * Quantities of each symbol's last fills, from which the fat-finger rule takes what is usual. Every fill of an order counts,
 * so one trade between two orders counts for both; the average is the same.
 */
export class RecentFills {
  private readonly lotsBySymbol = new Map<string, number[]>();

  /** Number of fills known (at most 64) and the sum of their lots. */
  summary(symbol: string): { readonly fills: number; readonly totalLots: number } {
    const lots = this.lotsBySymbol.get(symbol) ?? [];
    return { fills: lots.length, totalLots: lots.reduce((sum, each) => sum + each, 0) };
  }

  /** Remembers one fill and forgets the oldest one past the bound. Called from `evolve` alone. */
  record(symbol: string, quantityLots: number): void {
    const lots = this.lotsBySymbol.get(symbol) ?? [];
    lots.push(quantityLots);
    if (lots.length > RECENT_FILLS_MAX) lots.shift();
    this.lotsBySymbol.set(symbol, lots);
  }

  /** Canonical form: symbols in ascending order, fills oldest first. */
  snapshot(): Plain {
    return [...this.lotsBySymbol]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([symbol, lots]) => [symbol, [...lots]]);
  }

  /** Rebuilds the fills from `snapshot`. */
  static restore(plain: Plain): RecentFills {
    const restored = new RecentFills();
    for (const [symbol, lots] of plain as [string, number[]][]) restored.lotsBySymbol.set(symbol, [...lots]);
    return restored;
  }
}
