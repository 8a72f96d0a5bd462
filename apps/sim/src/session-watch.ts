import type { PhaseChanged, TradingEvent } from '@clearway/domain-trading';
import type { JournalWatch } from './journal-watch';
import { WatchedMarket } from './watched-market';
import { moveOrder, type WatchedOrder, watchedOrder } from './watched-order';
import type { Fail } from './watched-trade';

/**
 * Reads trading's journal as it becomes durable and judges phases, auctions, bands and expiry by the events alone. It shares the
 * calendar's arithmetic and the table of phases with the product, and nothing else: it keeps its own books and finds prices its own way.
 */
export class SessionWatch implements JournalWatch<TradingEvent> {
  readonly #markets = new Map<string, WatchedMarket>();
  readonly #orders = new Map<number, WatchedOrder>();
  /** Uncrossings in which something traded. */
  auctions = 0;
  /** Those of them that took several turns. */
  longAuctions = 0;
  /** Phases that an operator or a price ended, not the calendar. */
  interruptions = 0;
  /** Orders that ended at their time. */
  expired = 0;

  /** The journal's time of the newest event. */
  #lastMicros = 0;

  /** `onUncrossing` hears when an auction begins that takes several turns, and when its price is found in a later one. */
  constructor(
    private readonly fail: Fail,
    private readonly onUncrossing: () => void,
  ) {}

  /** Takes in one durable event. */
  event(event: TradingEvent, atMicros: number): void {
    this.#lastMicros = atMicros;
    switch (event.kind) {
      case 'InstrumentListed': {
        const { instrument } = event;
        this.#markets.set(instrument.symbol, new WatchedMarket(instrument, atMicros, this.fail));
        return;
      }
      case 'UncrossingBegan':
        this.#marketOf(event.symbol).uncrossingBegan(event, atMicros);
        return this.onUncrossing();
      case 'PhaseChanged':
        return this.#phaseChanged(event, atMicros);
      case 'OrderAccepted': {
        const { orderNumber, terms } = event;
        const { instrument } = this.#marketOf(terms.symbol);
        this.#orders.set(orderNumber, watchedOrder(orderNumber, terms, instrument, atMicros));
        return;
      }
      case 'TradeExecuted':
        return this.#traded(event, atMicros);
      default:
        if ('orderNumber' in event) this.#moved(event, this.#orderOf(event.orderNumber));
    }
  }

  /** A turn's events are complete. */
  turnEnds(): void {
    for (const market of this.#markets.values()) market.turnEnds(this.#lastMicros);
  }

  /** Orders and phases that should have ended by a time, each as a sentence. */
  overdueAt(timeMicros: number): string[] {
    const found: string[] = [];
    for (const market of this.#markets.values()) {
      const text = market.overdueAt(timeMicros);
      if (text) found.push(text);
    }
    for (const { number, lots, expiresAtMicros } of this.#orders.values())
      if (lots > 0 && expiresAtMicros <= timeMicros) found.push(`order ${number} is open after its time`);
    return found;
  }

  #phaseChanged(event: PhaseChanged, atMicros: number): void {
    const market = this.#marketOf(event.symbol);
    if (event.auctionLots > 0) this.auctions += 1;
    if (event.auctionLots > 0 && market.isUncrossing) this.longAuctions += 1;
    if (event.cause === 'OPERATOR' || event.cause === 'VOLATILITY') this.interruptions += 1;
    market.changed(event, atMicros);
  }

  #moved(event: TradingEvent, order: WatchedOrder): void {
    const market = this.#marketOf(order.symbol);
    market.moved(order, event);
    if (event.kind === 'OrderExpired') this.expired += 1;
    if (event.kind === 'OrderOpened' || event.kind === 'OrderOpenedAtMarket' || event.kind === 'StopWaiting')
      market.entered(order);
    moveOrder(order, event);
    place(market, order);
  }

  #traded(event: Extract<TradingEvent, { kind: 'TradeExecuted' }>, atMicros: number): void {
    const { tradeNumber: number, priceTicks, quantityLots: lots } = event;
    const [maker, taker] = [this.#orderOf(event.makerOrderNumber), this.#orderOf(event.takerOrderNumber)];
    const market = this.#marketOf(maker.symbol);
    market.traded({ number, maker, taker, priceTicks, lots, atMicros });
    for (const order of [maker, taker]) {
      order.lots -= lots;
      if (order.lots === 0) order.isResting = false;
      place(market, order);
    }
  }

  #marketOf(symbol: string): WatchedMarket {
    const market = this.#markets.get(symbol);
    if (!market) throw new Error(`${symbol} was never listed`);
    return market;
  }

  #orderOf(orderNumber: number): WatchedOrder {
    const order = this.#orders.get(orderNumber);
    if (!order) throw new Error(`order ${orderNumber} was never accepted`);
    return order;
  }
}

function place(market: WatchedMarket, order: WatchedOrder): void {
  if (order.isResting) market.resting.set(order.number, order);
  else market.resting.delete(order.number);
}
