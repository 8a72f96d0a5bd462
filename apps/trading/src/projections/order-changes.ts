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
  readonly terms: OrderTerms;
  readonly acceptedAtMicros: number;
}

/** What a run of events adds to one order's row, or makes of a new one. */
export interface OrderChange {
  readonly orderNumber: number;
  /** Of an order that these events begin. */
  readonly accepted: NewOrder | undefined;
  opened: boolean;
  cumLots: number;
  cumTickLots: bigint;
  canceledLots: number;
  /** Takes every lot that is left, whatever their number: the order was rejected. */
  cancelsRest: boolean;
  endStatus: string | null;
  reasons: Reason[];
  updatedAtMicros: number;
  /** Terms of the last replacement, null when there was none. */
  replacement: Replacement | null;
  /** Client order ids of all replacements, the last included. */
  readonly clOrdIds: string[];
}

/** A trade to insert. */
export interface NewExecution {
  readonly event: TradeExecuted;
  /** Unknown to the event; undefined when neither of its orders is among those that these events begin. */
  readonly symbol: string | undefined;
  /** Price times quantity. */
  readonly tickLots: bigint;
  readonly atMicros: number;
}

/** A trade that a run of events busts. */
export interface Bust {
  readonly tradeNumber: number;
  readonly reasons: readonly Reason[];
  readonly atMicros: number;
}

/** Everything that a run of events changes in the read models, one entry a row. */
export class OrderChanges {
  readonly executions: NewExecution[] = [];
  readonly busts: Bust[] = [];
  readonly changes = new Map<number, OrderChange>();

  constructor(events: readonly JournaledEvent<TradingEvent>[]) {
    for (const { event, context } of events) this.take(event, context.atMicros);
  }

  private take(event: TradingEvent, atMicros: number): void {
    switch (event.kind) {
      case 'OrderAccepted': {
        const accepted = { terms: event.terms, acceptedAtMicros: atMicros };
        this.changes.set(event.orderNumber, unchanged(event.orderNumber, atMicros, accepted));
        return;
      }
      case 'StopWaiting':
      case 'OrderOpened':
      case 'OrderOpenedAtMarket':
        this.change(event.orderNumber, atMicros).opened = true;
        return;
      case 'TradeExecuted':
        return this.trade(event, atMicros);
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

  private trade(event: TradeExecuted, atMicros: number): void {
    const maker = this.change(event.makerOrderNumber, atMicros);
    const taker = this.change(event.takerOrderNumber, atMicros);
    const tickLots = BigInt(event.priceTicks) * BigInt(event.quantityLots);
    for (const side of [maker, taker]) {
      side.cumLots += event.quantityLots;
      side.cumTickLots += tickLots;
    }
    const symbol = (maker.accepted ?? taker.accepted)?.terms.symbol;
    this.executions.push({ event, symbol, tickLots, atMicros });
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
    const change = unchanged(orderNumber, atMicros);
    this.changes.set(orderNumber, change);
    return change;
  }
}

function unchanged(orderNumber: number, atMicros: number, accepted?: NewOrder): OrderChange {
  return {
    orderNumber,
    accepted,
    opened: false,
    cumLots: 0,
    cumTickLots: 0n,
    canceledLots: 0,
    cancelsRest: false,
    replacement: null,
    clOrdIds: [],
    endStatus: null,
    reasons: [],
    updatedAtMicros: atMicros,
  };
}
