import type {
  OrderReduced,
  OrderTerms,
  Replacement,
  TradeExecuted,
  TradingEvent,
} from '@clearway/domain-trading';
import type { Reason } from '@clearway/kernel';
import type { JournaledEvent } from '@clearway/platform-journal';

/** A row to insert. */
export interface NewOrder {
  readonly orderNumber: number;
  readonly terms: OrderTerms;
  readonly acceptedAtMicros: number;
}

/** What a run of events adds to one order's row. */
export interface OrderChange {
  opened: boolean;
  cumLots: number;
  cumTickLots: bigint;
  canceledLots: number;
  /** Takes every lot that is left, whatever their number: the order was rejected. */
  cancelsRest: boolean;
  bustedLots: number;
  endStatus: string | null;
  reasons: Reason[];
  updatedAtMicros: number;
  /** Terms of the last replacement, null when there was none. */
  replacement: Replacement | null;
  /** Client order ids of all replacements, the last included. */
  readonly clOrdIds: string[];
}

/** A trade to insert, with its symbol unknown to the event: the maker's row has it. */
export interface NewExecution {
  readonly event: TradeExecuted;
  readonly atMicros: number;
}

/** A trade that a run of events busts. */
export interface Bust {
  readonly tradeNumber: number;
  readonly reasons: readonly Reason[];
  readonly atMicros: number;
}

/** Everything that a run of events changes in the read models, one entry a row, so that each table is one statement. */
export class OrderChanges {
  readonly orders: NewOrder[] = [];
  readonly executions: NewExecution[] = [];
  readonly busts: Bust[] = [];
  readonly changes = new Map<number, OrderChange>();

  constructor(events: readonly JournaledEvent<TradingEvent>[]) {
    for (const { event, context } of events) this.take(event, context.atMicros);
  }

  private take(event: TradingEvent, atMicros: number): void {
    switch (event.kind) {
      case 'OrderAccepted':
        this.orders.push({ orderNumber: event.orderNumber, terms: event.terms, acceptedAtMicros: atMicros });
        return;
      case 'StopWaiting':
      case 'OrderOpened':
      case 'OrderOpenedAtMarket':
        this.change(event.orderNumber, atMicros).opened = true;
        return;
      case 'TradeExecuted':
        this.executions.push({ event, atMicros });
        this.fill(event.makerOrderNumber, event, atMicros);
        this.fill(event.takerOrderNumber, event, atMicros);
        return;
      case 'OrderRejected': {
        const change = this.change(event.orderNumber, atMicros);
        change.endStatus = 'REJECTED';
        change.cancelsRest = true;
        change.reasons.push(...event.reasons);
        return;
      }
      case 'OrderCanceled':
        return this.end(event.orderNumber, 'CANCELED', event.canceledLots, event.cause, atMicros);
      case 'OrderReduced':
        return this.reduce(event, atMicros);
      case 'OrderExpired':
        return this.end(event.orderNumber, 'EXPIRED', event.expiredLots, event.cause, atMicros);
      case 'TradeBusted':
        this.busts.push({ tradeNumber: event.tradeNumber, reasons: event.reasons, atMicros });
        return;
      case 'OrderReplaced': {
        const change = this.change(event.orderNumber, atMicros);
        change.replacement = event;
        change.clOrdIds.push(event.clOrdId);
        return;
      }
      case 'InstrumentListed':
      case 'TradingStatusChanged':
      case 'PhaseChanged':
      case 'UncrossingBegan':
      case 'CancelRequested':
      case 'ReplaceRequested':
      case 'ReplaceRefused':
      case 'HoldLowering':
      case 'StopTriggered':
      case 'KillSwitchEngaged':
      case 'KillSwitchProven':
      case 'KillSwitchReleaseRequested':
      case 'KillSwitchReleased':
      case 'Saga':
        return;
    }
  }

  private fill(orderNumber: number, trade: TradeExecuted, atMicros: number): void {
    const change = this.change(orderNumber, atMicros);
    change.cumLots += trade.quantityLots;
    change.cumTickLots += BigInt(trade.priceTicks) * BigInt(trade.quantityLots);
  }

  private reduce({ orderNumber, canceledLots, cause }: OrderReduced, atMicros: number): void {
    const change = this.change(orderNumber, atMicros);
    change.canceledLots += canceledLots;
    change.reasons.push({ code: cause, message: '', metadata: {} });
  }

  private end(
    orderNumber: number,
    status: string,
    lots: number,
    cause: Reason['code'],
    atMicros: number,
  ): void {
    const change = this.change(orderNumber, atMicros);
    change.endStatus = status;
    change.canceledLots += lots;
    change.reasons.push({ code: cause, message: '', metadata: {} });
  }

  private change(orderNumber: number, atMicros: number): OrderChange {
    const known = this.changes.get(orderNumber);
    if (known) {
      known.updatedAtMicros = atMicros;
      return known;
    }
    const change = unchanged(atMicros);
    this.changes.set(orderNumber, change);
    return change;
  }
}

/** No change of an order. */
export function unchanged(atMicros: number): OrderChange {
  return {
    opened: false,
    cumLots: 0,
    cumTickLots: 0n,
    canceledLots: 0,
    cancelsRest: false,
    bustedLots: 0,
    replacement: null,
    clOrdIds: [],
    endStatus: null,
    reasons: [],
    updatedAtMicros: atMicros,
  };
}
