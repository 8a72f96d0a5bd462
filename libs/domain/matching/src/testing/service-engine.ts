import { OrderBook } from '../book';
import { ExpiryQueue, expiresAtMicros } from '../expiry';
import { MARKET } from '../limits';
import {
  endsAuctionOrders,
  mayFollow,
  PHASE_RULES,
  phaseRefusal,
  type TradingPhase,
  uncrossesBetween,
} from '../phase';
import { keepsPlace } from '../replacement';
import { AROUND_THE_CLOCK } from '../session-calendar';
import { StopBook } from '../stop-book';
import { type Engine, type EngineOrder, type EngineReplacement, pairText, tradeText } from './engine-calls';

/** The price before the first trade: the reference of a first auction. */
const LISTING_TICKS = 100;

/**
 * An instrument put together from the library as a service does it: it plans, writes down what the plan says and applies that
 * record by record. Nothing here is clever; what is under test is what it calls.
 */
export class ServiceEngine implements Engine {
  private book = new OrderBook();
  private stops = new StopBook();
  private readonly expiries = new ExpiryQueue();
  private readonly orders = new Map<number, EngineOrder>();
  private phase: TradingPhase = 'CONTINUOUS';
  private lastTicks = 0;
  private nowMicros = 0;
  private answer: string[] = [];
  private released: number[] = [];

  place(order: EngineOrder): string[] {
    this.answer = [];
    if (!this.isAdmitted(order)) return ['refused'];
    this.orders.set(order.id, order);
    const { timeInForce, expireTimeMicros } = order;
    this.expiries.add(
      order.id,
      expiresAtMicros(AROUND_THE_CLOCK, timeInForce, this.nowMicros, expireTimeMicros),
    );
    if (order.stopTicks > 0 && !this.isReached(order)) this.wait(order);
    else this.enter(order, order.lots);
    this.releaseStops();
    return this.answer;
  }

  cancel(id: number): string[] {
    if (!this.orders.has(id)) return ['refused'];
    this.drop(id);
    return [];
  }

  replace({ id, limitTicks, openLots, displayLots }: EngineReplacement): string[] {
    this.answer = [];
    const resting = this.book.order(id);
    const order = this.orders.get(id);
    if (!order || !resting || resting.priceTicks === MARKET || !this.isOpen()) return ['refused'];
    const current = {
      priceTicks: resting.priceTicks,
      openLots: resting.quantityLots + resting.reserveLots,
      displayLots: order.displayLots,
    };
    const next: EngineOrder = { ...order, limitTicks, displayLots };
    if (keepsPlace(current, { priceTicks: limitTicks, openLots, displayLots })) {
      if (openLots < current.openLots) this.book.reduce(id, current.openLots - openLots);
      return [];
    }
    if (this.wouldTrade(next)) return ['refused'];
    this.book.remove(id);
    this.orders.set(id, next);
    this.enter(next, openLots);
    this.releaseStops();
    return this.answer;
  }

  cancelAllOf(owner: number): string[] {
    for (const [id, order] of [...this.orders]) if (order.owner === owner) this.drop(id);
    return [];
  }

  goTo(phase: TradingPhase): string[] {
    this.answer = [];
    if (!mayFollow(this.phase, phase)) return ['refused'];
    if (uncrossesBetween(this.phase, phase)) this.uncross();
    if (endsAuctionOrders(phase)) this.dropAuctionOrders();
    this.phase = phase;
    if (phase === 'CONTINUOUS' && this.lastTicks > 0) this.tell(this.lastTicks);
    this.releaseStops();
    return this.answer;
  }

  advanceTo(nowMicros: number): string[] {
    this.nowMicros = nowMicros;
    const due = this.expiries.dueAt(nowMicros);
    for (const id of due) this.drop(id);
    return due.map((id) => `${id} expires`);
  }

  stateText(): string {
    const { book, stops, phase, lastTicks, expiries } = this;
    this.book = OrderBook.restore(JSON.parse(JSON.stringify(book.snapshot())));
    this.stops = StopBook.restore(JSON.parse(JSON.stringify(stops.snapshot())));
    const { size, nextAtMicros } = expiries;
    return [book.stateHash(), stops.stateHash(), phase, lastTicks, size, nextAtMicros].join(' ');
  }

  /** Book and stops as their snapshots are written. */
  bytes(): string {
    return JSON.stringify([this.book.snapshot(), this.stops.snapshot(), this.phase, this.lastTicks]);
  }

  private isAdmitted({ type, timeInForce, isPostOnly, stopTicks, side, limitTicks }: EngineOrder): boolean {
    const admission = { timeInForce, isPostOnly, isAtMarket: type === 'MARKET', isStop: stopTicks > 0 };
    if (phaseRefusal(this.phase, admission)) return false;
    if (type === 'TRAILING_STOP' && this.lastTicks === 0) return false;
    return !isPostOnly || !this.book.crosses(side, limitTicks);
  }

  private wouldTrade({ isPostOnly, side, limitTicks }: EngineOrder): boolean {
    return isPostOnly && PHASE_RULES[this.phase].isMatching && this.book.crosses(side, limitTicks);
  }

  private isOpen(): boolean {
    return PHASE_RULES[this.phase].timesInForce.length > 0;
  }

  private isReached({ type, side, stopTicks }: EngineOrder): boolean {
    if (type === 'TRAILING_STOP' || this.lastTicks === 0 || !PHASE_RULES[this.phase].isMatching) return false;
    return StopBook.isReached(side, stopTicks, this.lastTicks);
  }

  private wait({ id, type, side, stopTicks }: EngineOrder): void {
    if (type === 'TRAILING_STOP') this.stops.addTrailing(id, side, stopTicks, this.lastTicks);
    else this.stops.add(id, side, stopTicks);
  }

  private enter(order: EngineOrder, lots: number): void {
    const { id, side, limitTicks, owner, displayLots } = order;
    if (PHASE_RULES[this.phase].isMatching) this.match(order, lots);
    else if (limitTicks === MARKET) this.book.restAtMarket(id, side, lots, owner);
    else this.book.rest(id, side, limitTicks, lots, owner, displayLots);
  }

  private match(order: EngineOrder, lots: number): void {
    const { id, side, limitTicks, owner, selfTrade, timeInForce, displayLots } = order;
    const { book } = this;
    const { fills } = book;
    book.plan(side, limitTicks, lots, owner, fills, selfTrade);
    if (timeInForce === 'FOK' && fills.filledLots < lots) return this.forget(id);
    const { leavesLots, isTakerCancelled } = fills;
    const trades = this.tradesPlanned();
    const lost = columns(fills.preventedOrderIds, fills.preventedLots, fills.preventedCount);
    for (const [makerId, tradedLots, priceTicks] of trades) {
      this.answer.push(tradeText(id, makerId, priceTicks, tradedLots));
      if (book.fill(makerId, tradedLots) === 0) this.forget(makerId);
      this.tell(priceTicks);
    }
    for (const [makerId, lostLots] of lost) this.prevent(makerId, lostLots);
    const rests = leavesLots > 0 && !isTakerCancelled && timeInForce !== 'IOC' && limitTicks !== MARKET;
    if (rests) book.rest(id, side, limitTicks, leavesLots, owner, displayLots);
    else this.forget(id);
  }

  private prevent(id: number, lots: number): void {
    this.answer.push(`${id} loses ${lots} to prevention`);
    if (this.book.reduce(id, lots) === 0) this.forget(id);
  }

  private tradesPlanned(): (readonly [number, number, number])[] {
    const { fills } = this.book;
    return columns(fills.makerOrderIds, fills.quantitiesLots, fills.count).map(
      ([id, lots], i) => [id, lots, fills.pricesTicks[i]!] as const,
    );
  }

  /** Lets the stops hear of a trade's price. Those it releases stop waiting at once and enter in their turn. */
  private tell(priceTicks: number): void {
    this.lastTicks = priceTicks;
    for (const id of this.stops.releasedBy(priceTicks)) {
      this.stops.remove(id);
      this.released.push(id);
    }
    this.stops.trail(priceTicks);
  }

  private releaseStops(): void {
    for (let id = this.released.shift(); id !== undefined; id = this.released.shift()) {
      const order = this.orders.get(id)!;
      this.answer.push(`${id} is released`);
      if (order.isPostOnly && this.book.crosses(order.side, order.limitTicks)) this.forget(id);
      else this.enter(order, order.lots);
    }
  }

  private uncross(): void {
    const { book, orders } = this;
    const plan = book.uncrossing;
    const referenceTicks = this.lastTicks || LISTING_TICKS;
    const indicated = book.indicativePrice(referenceTicks);
    this.answer.push(
      indicated
        ? `indicates ${indicated.volumeLots}@${indicated.priceTicks} ${indicated.surplusLots}`
        : 'indicates nothing',
    );
    book.planUncrossing(
      referenceTicks,
      (buyId, sellId) => orders.get(Math.max(buyId, sellId))!.selfTrade,
      plan,
    );
    const lost = columns(plan.preventedOrderIds, plan.preventedLots, plan.preventedCount);
    for (const [id, lots] of lost) this.prevent(id, lots);
    const { priceTicks } = plan;
    columns(plan.buyOrderIds, plan.quantitiesLots, plan.count).forEach(([buyId, lots], i) => {
      const sellId = plan.sellOrderIds[i]!;
      this.answer.push(pairText(buyId, sellId, priceTicks, lots));
      for (const id of [buyId, sellId]) if (book.fill(id, lots) === 0) this.forget(id);
    });
    if (plan.count > 0) this.lastTicks = priceTicks;
  }

  private dropAuctionOrders(): void {
    for (const [id, { timeInForce }] of [...this.orders]) {
      const isForAuction = timeInForce === 'AT_AUCTION' || this.book.order(id)?.priceTicks === MARKET;
      if (isForAuction) this.drop(id);
    }
  }

  private drop(id: number): void {
    if (!this.book.removeIfResting(id)) this.stops.remove(id);
    this.forget(id);
  }

  private forget(id: number): void {
    this.orders.delete(id);
    this.expiries.remove(id);
  }
}

function columns(ids: Float64Array, lots: Float64Array, count: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, i) => [ids[i]!, lots[i]!] as const);
}
