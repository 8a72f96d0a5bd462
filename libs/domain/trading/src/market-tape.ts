import type { BookListener, Side, TradingPhase } from '@clearway/domain-matching';
import type { TradingStatus } from './events';

/**
 * One change of what everybody may see of a market, in the order in which it came about. Quantities are those that are
 * shown. An order number names an order and nobody's account.
 */
export type MarketChange =
  | {
      readonly kind: 'added';
      readonly symbol: string;
      readonly orderNumber: number;
      readonly side: Side;
      readonly priceTicks: number;
      readonly quantityLots: number;
    }
  | {
      readonly kind: 'reduced';
      readonly symbol: string;
      readonly orderNumber: number;
      readonly leavesLots: number;
    }
  | { readonly kind: 'removed'; readonly symbol: string; readonly orderNumber: number }
  | MarketTrade
  | { readonly kind: 'busted'; readonly symbol: string; readonly tradeNumber: number }
  | {
      readonly kind: 'status-changed';
      readonly symbol: string;
      readonly status: TradingStatus;
      readonly phase: TradingPhase;
    };

/** A trade as everybody may see it. The side is the taker's: who traded at the resting price. */
export interface MarketTrade {
  readonly kind: 'traded';
  readonly symbol: string;
  readonly tradeNumber: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly quantityLots: number;
}

/**
 * Notes what happens to the markets while one command is decided, for publication after the commit. It is off otherwise, so
 * a replay notes nothing; and it is no part of the state: no decision reads it and no snapshot holds it.
 */
export class MarketTape {
  private changes: MarketChange[] = [];
  private isOn = false;

  /** Begins to note. */
  start(): void {
    this.isOn = true;
  }

  /** Stops, and hands over what was noted. */
  stop(): readonly MarketChange[] {
    this.isOn = false;
    const { changes } = this;
    if (changes.length > 0) this.changes = [];
    return changes;
  }

  /** Notes a change, if it is being noted. */
  note(change: MarketChange): void {
    if (this.isOn) this.changes.push(change);
  }

  /** Notes the changes of a symbol's book. */
  listenerOf(symbol: string): BookListener {
    return {
      added: (orderNumber, side, priceTicks, quantityLots) =>
        this.note({ kind: 'added', symbol, orderNumber, side, priceTicks, quantityLots }),
      reduced: (orderNumber, leavesLots) => this.note({ kind: 'reduced', symbol, orderNumber, leavesLots }),
      removed: (orderNumber) => this.note({ kind: 'removed', symbol, orderNumber }),
    };
  }
}
