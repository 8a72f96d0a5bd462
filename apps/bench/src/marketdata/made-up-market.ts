import type { PublicChange } from '@clearway/platform-market-data';
import { SeededRandom } from '../matching/seeded-random';

const ORDERS_MAX = 2_000;
const PRICES = 50;
const MID_TICKS = 10_000;

/** Orders that come, shrink and go, and a trade now and then: the same from every start. */
export class MadeUpMarket {
  private readonly random = new SeededRandom(7);
  private readonly open: { orderNumber: number; lots: number }[] = [];
  private nextOrder = 1;
  private nextTrade = 1;

  constructor(private readonly symbol: string) {}

  /** The next changes, in order. */
  changes(count: number): PublicChange[] {
    return Array.from({ length: count }, () => this.change());
  }

  private change(): PublicChange {
    const dice = this.random.below(10);
    if (dice === 0) return this.traded();
    if (this.open.length < ORDERS_MAX && dice < 6) return this.added();
    return this.open.length === 0 ? this.added() : this.shrunk();
  }

  private added(): PublicChange {
    const orderNumber = this.nextOrder++;
    const quantityLots = 1 + this.random.below(20);
    const side = this.random.below(2) === 0 ? 'BUY' : 'SELL';
    const away = 1 + this.random.below(PRICES);
    this.open.push({ orderNumber, lots: quantityLots });
    const priceTicks = side === 'BUY' ? MID_TICKS - away : MID_TICKS + away;
    return { kind: 'added', symbol: this.symbol, orderNumber, side, priceTicks, quantityLots };
  }

  private shrunk(): PublicChange {
    const at = this.random.below(this.open.length);
    const order = this.open[at] as { orderNumber: number; lots: number };
    const { orderNumber } = order;
    const leavesLots = this.random.below(order.lots);
    order.lots = leavesLots;
    if (leavesLots > 0) return { kind: 'reduced', symbol: this.symbol, orderNumber, leavesLots };
    this.open[at] = this.open.at(-1) as { orderNumber: number; lots: number };
    this.open.pop();
    return { kind: 'removed', symbol: this.symbol, orderNumber };
  }

  private traded(): PublicChange {
    const side = this.random.below(2) === 0 ? 'BUY' : 'SELL';
    const priceTicks = MID_TICKS - 5 + this.random.below(11);
    const quantityLots = 1 + this.random.below(9);
    return {
      kind: 'traded',
      symbol: this.symbol,
      tradeNumber: this.nextTrade++,
      side,
      priceTicks,
      quantityLots,
    };
  }
}
