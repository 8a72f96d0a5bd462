import type { PhaseChanged, TradingEvent, UncrossingBegan } from '@clearway/domain-trading';
import type { WatchedOrder } from './watched-order';
import type { Fail, WatchedTrade } from './watched-trade';

/** Why orders leave once all is traded: as what found no match, or because their owners asked for it meanwhile. */
const CAUSES_AFTER: ReadonlySet<string> = new Set([
  'AUCTION_REMAINDER',
  'CANCELED_BY_OWNER',
  'MASS_CANCELED',
]);

type Auction = PhaseChanged | UncrossingBegan;

/**
 * The end of one instrument's auction as the journal tells it: in one turn, its trades and then the change of the phase, or over
 * several, which UncrossingBegan announces. Between the two the book belongs to the auction: until the price is found orders lose
 * lots to the auction's own rules, then the announced lots trade at the announced price, then orders leave, and nothing else
 * happens in the book. An auction in which nothing trades never announces a price.
 */
export class WatchedUncrossing {
  /** Trades whose change of the phase is still to come. */
  readonly trades: WatchedTrade[] = [];
  /** The change that is to come; its price is 0 while that is looked for. */
  announced: UncrossingBegan | undefined;
  /** True once an order has left that leaves when all is traded, with no price announced. */
  #isFruitless = false;

  constructor(
    private readonly symbol: string,
    private readonly fail: Fail,
  ) {}

  /** True once it was said how many lots are to trade at which price. */
  get isPriced(): boolean {
    return this.announced !== undefined && this.announced.auctionPriceTicks > 0;
  }

  /** True if the trades are those of more than one turn. */
  get isUnderWay(): boolean {
    return this.announced !== undefined;
  }

  /** The change of the phase is put off; its price may follow later, once. */
  began(event: UncrossingBegan): void {
    const text = `${this.symbol}: an auction begins towards ${event.phase}`;
    if (this.announced) this.#checkPromise(event);
    if (this.isPriced) this.fail('phases-follow-their-causes', `${text} while its trades are being made`);
    this.announced = event;
    if (this.#isFruitless && this.isPriced) this.#disturbed('orders leave before the price is found');
  }

  /** A trade, before it is taken off its two orders. */
  traded(trade: WatchedTrade): void {
    this.trades.push(trade);
    if (!this.announced) return;
    for (const order of [trade.maker, trade.taker])
      if (!order.isResting)
        this.#broken(`trade ${trade.number} of order ${order.number}, which does not rest`);
    if (this.#isFruitless) this.#disturbed(`orders leave before trade ${trade.number}`);
    const { auctionPriceTicks: priceTicks, auctionLots: lots } = this.announced;
    if (this.isPriced && (trade.priceTicks !== priceTicks || this.#tradedLots > lots))
      this.#broken(
        `trade ${trade.number} at ${trade.priceTicks} after ${lots} at ${priceTicks} were announced`,
      );
  }

  /** An order comes to the book. */
  entered({ number }: WatchedOrder): void {
    if (this.announced) this.#disturbed(`order ${number} enters`);
  }

  /** Something other than a trade happens to an order. Answers true if it says that in this auction nothing is to trade. */
  moved(order: WatchedOrder, event: TradingEvent): boolean {
    if (!this.announced || !order.isResting) return false;
    const text = `${event.kind} of order ${order.number}`;
    if (event.kind === 'OrderExpired' || event.kind === 'OrderReplaced') this.#disturbed(text);
    if (event.kind !== 'OrderCanceled' && event.kind !== 'OrderReduced') return false;
    if (this.isPriced && this.#tradedLots < this.announced.auctionLots)
      this.#disturbed(`${text} with lots still to trade`);
    const isFruitless = !this.isPriced && CAUSES_AFTER.has(event.cause);
    this.#isFruitless ||= isFruitless;
    return isFruitless;
  }

  /** The phase changes: what was announced is what has come, and the trades are that. */
  ended(event: PhaseChanged): void {
    const { phase, auctionPriceTicks: priceTicks, auctionLots: lots } = event;
    if (this.announced) this.#checkPromise(event);
    if (this.#tradedLots !== lots || this.trades.some((trade) => trade.priceTicks !== priceTicks)) {
      const trades = this.trades.map((each) => `${each.lots}@${each.priceTicks}`).join(' ');
      this.#broken(`→ ${phase}, ${lots} at ${priceTicks}; trades: ${trades}`);
    }
    this.announced = undefined;
    this.#isFruitless = false;
    this.trades.length = 0;
  }

  /** The trades of a turn that neither ended an auction nor were announced. */
  takeStray(): WatchedTrade[] {
    return this.isPriced ? [] : this.trades.splice(0);
  }

  #checkPromise(event: Auction): void {
    const { announced } = this;
    if (!announced) return;
    const text = `${this.symbol}: ${textOf(event)} comes of ${textOf(announced)}`;
    const fields = ['phase', 'atMicros', 'endsAtMicros', 'cause'] as const;
    if (fields.some((field) => event[field] !== announced[field]))
      this.fail('phases-follow-their-causes', text);
    const isSame =
      event.auctionPriceTicks === announced.auctionPriceTicks && event.auctionLots === announced.auctionLots;
    if (this.isPriced && !isSame) this.fail('an-uncrossing-is-its-trades', text);
  }

  get #tradedLots(): number {
    return this.trades.reduce((sum, { lots }) => sum + lots, 0);
  }

  #broken(text: string): void {
    this.fail('an-uncrossing-is-its-trades', `${this.symbol}: ${text}`);
  }

  #disturbed(text: string): void {
    this.fail('an-auction-under-way-has-its-book-alone', `${this.symbol}: ${text}`);
  }
}

function textOf({ kind, phase, cause, auctionPriceTicks, auctionLots }: Auction): string {
  return `${kind} ${phase} by ${cause}, ${auctionLots} at ${auctionPriceTicks}`;
}
