import {
  AROUND_THE_CLOCK,
  intersectBands,
  mayFollow,
  PHASE_RULES,
  type PriceBand,
  priceBandAround,
  scheduledPhaseAt,
  type TradingPhase,
  uncrossesBetween,
  worstPriceWithin,
} from '@clearway/domain-matching';
import type { Instrument, PhaseChanged, TradingEvent, UncrossingBegan } from '@clearway/domain-trading';
import { auctionByTheRule, passedOver } from './auction-rule';
import type { WatchedOrder } from './watched-order';
import type { Fail, WatchedTrade } from './watched-trade';
import { WatchedUncrossing } from './watched-uncrossing';

/** One instrument's phases and trades, judged by the journal alone. */
export class WatchedMarket {
  phase: TradingPhase;
  /** Open orders of the book by number. */
  readonly resting = new Map<number, WatchedOrder>();
  /** True until orders are collected again: nothing in the book could trade with anything else. */
  #isUncrossed: boolean;
  #sinceMicros: number;
  #endsAtMicros = 0;
  #lastTicks: number;
  #auctionTicks: number;
  readonly #uncrossing: WatchedUncrossing;
  /** The order that trades now, and the bands that it must keep to: those of before its first trade. */
  #running: { readonly taker: WatchedOrder; readonly band: PriceBand } | undefined;

  constructor(
    readonly instrument: Instrument,
    listedAtMicros: number,
    private readonly fail: Fail,
  ) {
    this.phase = this.scheduledAt(listedAtMicros);
    this.#uncrossing = new WatchedUncrossing(instrument.symbol, fail);
    this.#isUncrossed = !PHASE_RULES[this.phase].isCollecting;
    this.#sinceMicros = listedAtMicros;
    this.#lastTicks = this.#auctionTicks = instrument.referencePriceTicks;
  }

  /** The phase that the calendar has. */
  scheduledAt(timeMicros: number): TradingPhase {
    return scheduledPhaseAt(this.instrument.rules?.calendar ?? AROUND_THE_CLOCK, timeMicros);
  }

  /** An order comes to rest, or a stop order to wait. */
  entered(order: WatchedOrder): void {
    const { number } = order;
    this.#uncrossing.entered(order);
    if (this.phase === 'HALTED' || this.phase === 'CLOSED')
      this.fail('nothing-enters-a-halt', `${this.#symbol}: order ${number} enters while ${this.phase}`);
  }

  /** A trade, before it is taken off the two orders. */
  traded(trade: WatchedTrade): void {
    if (this.phase !== 'CONTINUOUS') {
      this.#uncrossing.traded(trade);
      return;
    }
    this.#checkContinuous(trade);
    this.#lastTicks = trade.priceTicks;
  }

  /** What is not a trade ends the run of trades of one incoming order. */
  moved(order: WatchedOrder, event: TradingEvent): void {
    this.#running = undefined;
    const { announced } = this.#uncrossing;
    if (!this.#uncrossing.moved(order, event) || !announced) return;
    if (uncrossesBetween(this.phase, announced.phase)) this.#checkRule(announced);
  }

  /** True from UncrossingBegan to the change of the phase that it announces. */
  get isUncrossing(): boolean {
    return this.#uncrossing.isUnderWay;
  }

  /** The phase is over, and what its uncrossing trades takes several turns. */
  uncrossingBegan(event: UncrossingBegan, atMicros: number): void {
    this.#checkChange(event, atMicros);
    this.#uncrossing.began(event);
    if (event.auctionPriceTicks > 0) this.#checkRule(event);
    this.#running = undefined;
  }

  /** The phase ends, with the trades of its uncrossing if there were any. */
  changed(event: PhaseChanged, atMicros: number): void {
    this.#checkChange(event, atMicros);
    const isUncrossed = uncrossesBetween(this.phase, event.phase);
    this.#checkUncrossing(event, isUncrossed);
    this.#uncrossing.ended(event);
    if (event.auctionPriceTicks > 0) this.#lastTicks = this.#auctionTicks = event.auctionPriceTicks;
    this.#isUncrossed = isUncrossed || (this.#isUncrossed && !PHASE_RULES[event.phase].isCollecting);
    this.phase = event.phase;
    this.#sinceMicros = event.atMicros;
    this.#endsAtMicros = event.endsAtMicros;
    this.#running = undefined;
  }

  /** A turn is over: what it began it has finished. Its last event is of the time given. */
  turnEnds(timeMicros: number): void {
    const { phase } = this;
    this.#running = undefined;
    for (const { number, priceTicks } of this.#uncrossing.takeStray())
      this.fail(
        'trades-only-where-the-phase-trades',
        `${this.#symbol}: trade ${number} at ${priceTicks} while ${phase}`,
      );
    if (phase === 'CONTINUOUS' || phase === 'CLOSED') this.#checkAuctionOrdersLeft();
    if (this.#isUncrossed) this.#checkNotCrossed();
    if (!this.isUncrossing) this.#checkNothingIsOver(timeMicros);
  }

  /** Why the market is in a phase that should be over; undefined if it is not. */
  overdueAt(timeMicros: number): string | undefined {
    const { announced } = this.#uncrossing;
    if (announced && announced.atMicros <= timeMicros)
      return `${this.#symbol}: an auction that ended at ${announced.atMicros} is still carried out`;
    const scheduled = this.scheduledAt(timeMicros);
    const { phase } = this;
    if (phase === scheduled || phase === 'HALTED') return undefined;
    const isReopening = phase === 'REOPENING_AUCTION' && this.#endsAtMicros > timeMicros;
    return isReopening ? undefined : `${this.#symbol} is ${phase}, its calendar has ${scheduled}`;
  }

  #checkContinuous(trade: WatchedTrade): void {
    const { number, maker, taker, priceTicks, atMicros } = trade;
    const text = `${this.#symbol}: trade ${number}`;
    const scheduled = this.scheduledAt(atMicros);
    if (scheduled !== 'CONTINUOUS')
      this.fail('trades-only-where-the-phase-trades', `${text} while the calendar has ${scheduled}`);
    for (const order of [maker, taker])
      if (order.expiresAtMicros <= atMicros)
        this.fail('nothing-trades-after-its-time', `${text} of order ${order.number}, which had expired`);
    if (this.#running?.taker !== taker) this.#running = { taker, band: this.#band() };
    const edgeTicks = worstPriceWithin(this.#running.band, taker.side);
    if (taker.side === 'BUY' ? priceTicks > edgeTicks : priceTicks < edgeTicks)
      this.fail(
        'incoming-orders-keep-to-the-bands',
        `${text} at ${priceTicks}, ${taker.side} up to ${edgeTicks}`,
      );
  }

  #band(): PriceBand {
    const { staticBps = 0, dynamicBps = 0 } = this.instrument.rules?.bands ?? {};
    return intersectBands(
      priceBandAround(this.#auctionTicks, staticBps),
      priceBandAround(this.#lastTicks, dynamicBps),
    );
  }

  #checkChange(change: PhaseChanged | UncrossingBegan, journaledMicros: number): void {
    const { phase, atMicros, endsAtMicros, cause } = change;
    const text = `${this.#symbol}: ${this.phase} → ${phase} by ${cause}`;
    const bad = (what: string): void => this.fail('phases-follow-their-causes', `${text} ${what}`);
    if (!mayFollow(this.phase, phase)) bad('is no change that there is');
    if (atMicros > journaledMicros) bad('is in the future');
    if (atMicros < this.#sinceMicros) bad('is before the last change');
    if (cause === 'CALENDAR' && this.scheduledAt(atMicros) !== phase) bad('is not in the calendar');
    if (cause === 'AUCTION_ENDED' && atMicros !== this.#endsAtMicros) bad('is not at the end of the auction');
    const volatilityMs = this.instrument.rules?.volatilityAuctionMs ?? 0;
    if (cause === 'VOLATILITY' && endsAtMicros - atMicros !== volatilityMs * 1_000)
      bad('has another length than the listing says');
  }

  /** Price and volume are what the rule gives for the orders that were there, and all trades are that auction's. */
  #checkUncrossing(event: PhaseChanged, isUncrossed: boolean): void {
    const { trades, isPriced } = this.#uncrossing;
    const text = this.#textOf(event);
    if (!isUncrossed && trades.length > 0)
      this.fail('trades-only-where-the-phase-trades', `${text} trades and is no uncrossing`);
    for (const { number, maker, taker } of trades)
      for (const order of [maker, taker])
        if (order.expiresAtMicros < event.atMicros)
          this.fail(
            'nothing-trades-after-its-time',
            `${text}: trade ${number} of order ${order.number}, which had expired`,
          );
    if (isUncrossed && !isPriced) this.#checkRule(event);
    const traded = trades.flatMap(({ maker, taker }) => [maker, taker]);
    const left = passedOver(traded, this.resting.values());
    if (left) this.fail('auctions-trade-the-best-first', `${text}: order ${left.number} is left`);
  }

  /** The rule is asked once of each auction: when its price is told, which is before any order leaves that has found no match. */
  #checkRule(event: PhaseChanged | UncrossingBegan): void {
    const { auctionPriceTicks: priceTicks, auctionLots: lots } = event;
    const due = auctionByTheRule(this.#ordersBefore(this.#uncrossing.trades), this.#lastTicks);
    if (due.priceTicks === priceTicks && due.lots === lots) return;
    const text = `${this.#textOf(event)}; the rule gives ${due.lots} at ${due.priceTicks}`;
    this.fail('auctions-follow-their-rule', text);
  }

  #textOf({ phase, auctionPriceTicks, auctionLots }: PhaseChanged | UncrossingBegan): string {
    return `${this.#symbol}: ${this.phase} → ${phase}, ${auctionLots} at ${auctionPriceTicks}`;
  }

  #ordersBefore(trades: readonly WatchedTrade[]): WatchedOrder[] {
    const orders = new Map([...this.resting].map(([number, order]) => [number, { ...order }]));
    for (const { maker, taker, lots } of trades)
      for (const order of [maker, taker]) {
        const before = orders.get(order.number) ?? { ...order, lots: 0 };
        before.lots += lots;
        orders.set(order.number, before);
      }
    return [...orders.values()];
  }

  #checkAuctionOrdersLeft(): void {
    for (const { number, limitTicks, timeInForce } of this.resting.values())
      if (limitTicks === 0 || timeInForce === 'AT_AUCTION')
        this.fail('auction-orders-end-with-the-auction', `${this.#symbol}: order ${number} in ${this.phase}`);
  }

  /** Whoever decides looks at the time first: what is over then has left before anything else happens. */
  #checkNothingIsOver(timeMicros: number): void {
    for (const { number, expiresAtMicros } of this.resting.values())
      if (expiresAtMicros <= timeMicros)
        this.fail('nothing-rests-after-its-time', `${this.#symbol}: order ${number} at ${timeMicros}`);
  }

  #checkNotCrossed(): void {
    let bid = 0;
    let ask = Number.POSITIVE_INFINITY;
    for (const { side, limitTicks } of this.resting.values())
      if (side === 'BUY') bid = Math.max(bid, limitTicks);
      else ask = Math.min(ask, limitTicks);
    if (bid >= ask)
      this.fail('nothing-is-left-that-could-trade', `${this.#symbol} ${this.phase}: bid ${bid}, ask ${ask}`);
  }

  get #symbol(): string {
    return this.instrument.symbol;
  }
}
