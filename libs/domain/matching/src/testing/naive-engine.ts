import { MARKET } from '../limits';
import type { TradingPhase } from '../phase';
import type { Side } from '../side';
import { type StopVisitor, stopHashOf } from '../stop-hash';
import { type Engine, type EngineOrder, type EngineReplacement, pairText, tradeText } from './engine-calls';
import { NaiveBook, openLots } from './naive-book';
import { naivePrice, naiveUncross } from './naive-uncross';

const DAY_MICROS = 86_400_000_000;
const COLLECTING = ['PRE_OPEN', 'OPENING_AUCTION', 'REOPENING_AUCTION', 'CLOSING_AUCTION'];
const RESTING = ['DAY', 'GTC', 'GTD'];
const LISTING_TICKS = 100;

/** The phases that may not follow, by hand: everything else may. */
const FORBIDDEN: Readonly<Record<TradingPhase, string>> = {
  PRE_OPEN: 'PRE_OPEN REOPENING_AUCTION CLOSING_AUCTION',
  OPENING_AUCTION: 'PRE_OPEN OPENING_AUCTION REOPENING_AUCTION CLOSING_AUCTION',
  CONTINUOUS: 'PRE_OPEN OPENING_AUCTION CONTINUOUS',
  HALTED: 'HALTED',
  REOPENING_AUCTION: 'PRE_OPEN OPENING_AUCTION REOPENING_AUCTION',
  CLOSING_AUCTION: 'PRE_OPEN OPENING_AUCTION CONTINUOUS REOPENING_AUCTION CLOSING_AUCTION',
  CLOSED: 'HALTED REOPENING_AUCTION CLOSING_AUCTION CLOSED',
};

interface OpenOrder extends EngineOrder {
  readonly expiresAt: number;
  /** Where a stop waits; 0 for all others. */
  readonly waitsAt: number;
}

/** An instrument that is right at a glance: one list of open orders, one of waiting stops, searched from end to end. */
export class NaiveEngine implements Engine {
  readonly book = new NaiveBook();
  private orders: OpenOrder[] = [];
  /** Waiting stops in the order in which they came to their price. */
  private stops: OpenOrder[] = [];
  private phase: TradingPhase = 'CONTINUOUS';
  private lastTicks = 0;
  private nowMicros = 0;
  private answer: string[] = [];
  private released: OpenOrder[] = [];

  place(order: EngineOrder): string[] {
    this.answer = [];
    const isCollecting = COLLECTING.includes(this.phase);
    const times = isCollecting ? [...RESTING, 'AT_AUCTION'] : [...RESTING, 'IOC', 'FOK'];
    if (!this.isOpen() || !times.includes(order.timeInForce)) return ['refused'];
    if (order.isPostOnly && (isCollecting || this.crosses(order))) return ['refused'];
    const isTrailing = order.type === 'TRAILING_STOP';
    if (isTrailing && this.lastTicks === 0) return ['refused'];
    const open = { ...order, expiresAt: this.expiryOf(order), waitsAt: this.waitsAt(order) };
    this.orders.push(open);
    const isReached = this.lastTicks > 0 && !isTrailing && this.isReleased(open, this.lastTicks);
    if (open.waitsAt > 0 && !(isReached && !isCollecting)) this.stops.push(open);
    else this.enter(open, open.lots);
    this.releaseStops();
    return this.answer;
  }

  cancel(id: number): string[] {
    if (!this.orders.some((order) => order.id === id)) return ['refused'];
    this.drop(id);
    return [];
  }

  replace({ id, limitTicks, openLots: lots, displayLots }: EngineReplacement): string[] {
    this.answer = [];
    const order = this.orders.find((each) => each.id === id);
    const resting = order && this.book.find(id);
    if (!resting || resting.priceTicks === MARKET || !this.isOpen()) return ['refused'];
    const next = { ...order, limitTicks, displayLots };
    const isSame = limitTicks === resting.priceTicks && displayLots === order.displayLots;
    if (isSame && lots <= openLots(resting)) {
      if (lots < openLots(resting)) this.book.reduce(id, openLots(resting) - lots);
      return [];
    }
    if (order.isPostOnly && this.phase === 'CONTINUOUS' && this.crosses(next)) return ['refused'];
    this.book.remove(id);
    this.orders = this.orders.map((each) => (each.id === id ? next : each));
    this.enter(next, lots);
    this.releaseStops();
    return this.answer;
  }

  cancelAllOf(owner: number): string[] {
    for (const order of this.orders.filter((each) => each.owner === owner)) this.drop(order.id);
    return [];
  }

  goTo(phase: TradingPhase): string[] {
    this.answer = [];
    if (FORBIDDEN[this.phase].split(' ').includes(phase)) return ['refused'];
    const isClosing = this.phase === 'CLOSING_AUCTION' && phase === 'CLOSED';
    if (phase === 'CONTINUOUS' || isClosing) this.uncross();
    if (phase === 'CONTINUOUS' || phase === 'CLOSED') {
      const isForAuction = (order: OpenOrder): boolean =>
        order.timeInForce === 'AT_AUCTION' || this.book.find(order.id)?.priceTicks === MARKET;
      for (const order of this.orders.filter(isForAuction)) this.drop(order.id);
    }
    this.phase = phase;
    if (phase === 'CONTINUOUS' && this.lastTicks > 0) this.tell(this.lastTicks);
    this.releaseStops();
    return this.answer;
  }

  advanceTo(nowMicros: number): string[] {
    this.nowMicros = nowMicros;
    const due = this.orders.filter(({ expiresAt }) => expiresAt <= nowMicros);
    due.sort((a, b) => a.expiresAt - b.expiresAt || a.id - b.id);
    for (const { id } of due) this.drop(id);
    return due.map(({ id }) => `${id} expires`);
  }

  stateText(): string {
    const expiries = this.orders.map(({ expiresAt }) => expiresAt).filter((at) => at < Infinity);
    const state = [this.book.stateHash(), stopHashOf(this), this.phase, this.lastTicks];
    return [...state, expiries.length, Math.min(...expiries, Infinity)].join(' ');
  }

  forEachStop(side: Side, visit: StopVisitor): void {
    for (const stop of this.inOrderOfRelease(side)) {
      visit(stop.id, stop.waitsAt, stop.type === 'TRAILING_STOP' ? stop.stopTicks : 0);
    }
  }

  /** An order that is open, by its place in the list, for whoever makes up the next call. */
  orderAt(index: number): EngineOrder | undefined {
    return this.orders[index];
  }

  private isOpen(): boolean {
    return this.phase !== 'HALTED' && this.phase !== 'CLOSED';
  }

  private crosses({ side, limitTicks }: EngineOrder): boolean {
    return this.book.matches(side, limitTicks).length > 0;
  }

  private expiryOf({ timeInForce, expireTimeMicros }: EngineOrder): number {
    if (timeInForce === 'DAY') return (Math.floor(this.nowMicros / DAY_MICROS) + 1) * DAY_MICROS;
    return timeInForce === 'GTD' ? Math.max(expireTimeMicros, this.nowMicros) : Infinity;
  }

  private waitsAt({ type, side, stopTicks }: EngineOrder): number {
    if (type !== 'TRAILING_STOP') return stopTicks;
    return Math.max(1, this.lastTicks + (side === 'BUY' ? stopTicks : -stopTicks));
  }

  private enter(order: OpenOrder, lots: number): void {
    const { id, side, limitTicks, owner, displayLots, timeInForce, selfTrade } = order;
    if (this.phase !== 'CONTINUOUS') {
      this.book.rest(id, side, limitTicks, lots, owner, displayLots);
      return;
    }
    const policy = timeInForce === 'IOC' || timeInForce === 'FOK' ? timeInForce : 'GTC';
    const fills = this.book.submit(id, side, limitTicks, lots, owner, policy, selfTrade, displayLots);
    for (const { makerOrderId, priceTicks, quantityLots } of fills) {
      this.answer.push(tradeText(id, makerOrderId, priceTicks, quantityLots));
      this.tell(priceTicks);
    }
    this.sayLost(this.book.lost);
    this.forgetGone();
  }

  private sayLost(lost: readonly (readonly [number, number])[]): void {
    for (const [id, lots] of lost) this.answer.push(`${id} loses ${lots} to prevention`);
  }

  private tell(priceTicks: number): void {
    this.lastTicks = priceTicks;
    for (const side of ['BUY', 'SELL'] as const) {
      this.released.push(...this.inOrderOfRelease(side).filter((stop) => this.isReleased(stop, priceTicks)));
    }
    this.stops = this.stops.filter((stop) => !this.released.includes(stop));
    const moved = this.stops.filter((stop) => this.follows(stop));
    const stayed = this.stops.filter((stop) => !moved.includes(stop));
    const inOrderOfArrival = this.orders.filter((order) => moved.some(({ id }) => id === order.id));
    this.stops = [
      ...stayed,
      ...inOrderOfArrival.map((order) => ({ ...order, waitsAt: this.waitsAt(order) })),
    ];
  }

  private follows(stop: OpenOrder): boolean {
    if (stop.type !== 'TRAILING_STOP') return false;
    const [from, to] = [stop.waitsAt, this.waitsAt(stop)];
    return stop.side === 'BUY' ? to < from : to > from;
  }

  private isReleased({ side, waitsAt }: OpenOrder, priceTicks: number): boolean {
    return side === 'BUY' ? priceTicks >= waitsAt : priceTicks <= waitsAt;
  }

  private inOrderOfRelease(side: Side): OpenOrder[] {
    const nearest = side === 'BUY' ? 1 : -1;
    return this.stops.filter((stop) => stop.side === side).sort((a, b) => nearest * (a.waitsAt - b.waitsAt));
  }

  private releaseStops(): void {
    while (this.released.length > 0) {
      const [stop, ...others] = this.released as [OpenOrder, ...OpenOrder[]];
      this.released = others;
      this.answer.push(`${stop.id} is released`);
      if (stop.isPostOnly && this.crosses(stop)) this.drop(stop.id);
      else this.enter(stop, stop.lots);
    }
  }

  private uncross(): void {
    const reference = this.lastTicks || LISTING_TICKS;
    const price = naivePrice(this.book, reference);
    this.answer.push(
      price ? `indicates ${price.volumeLots}@${price.priceTicks} ${price.surplusLots}` : 'indicates nothing',
    );
    const actionOf = (id: number) => this.orders.find((order) => order.id === id)!.selfTrade;
    const { lost, pairs } = naiveUncross(this.book, reference, (buyId, sellId) =>
      actionOf(Math.max(buyId, sellId)),
    );
    this.sayLost(lost);
    for (const { buyOrderId, sellOrderId, priceTicks, quantityLots } of pairs) {
      this.answer.push(pairText(buyOrderId, sellOrderId, priceTicks, quantityLots));
      this.lastTicks = priceTicks;
    }
    this.forgetGone();
  }

  private drop(id: number): void {
    this.book.remove(id);
    this.stops = this.stops.filter((stop) => stop.id !== id);
    this.orders = this.orders.filter((order) => order.id !== id);
  }

  /** Whatever neither rests nor waits nor is about to enter is over. */
  private forgetGone(): void {
    const waiting = [...this.stops, ...this.released];
    this.orders = this.orders.filter(
      ({ id }) => this.book.find(id) !== undefined || waiting.some((stop) => stop.id === id),
    );
  }
}
