import { OrderBook } from '../book';
import { MARKET } from '../limits';
import type { SelfTradeAction } from '../self-trade';
import type { Side } from '../side';
import type { RemainderPolicy } from '../submit';

/**
 * Runs a text table against a new book: one row is one call and its result, `call => result`. Rows that start with #
 * and empty rows are skipped. Answers the table with the results that the book gave, so that a test compares texts.
 *
 * ```
 * gtc 7 buy 5@100 owner 3     an order (gtc | ioc | fok | post) · `5@market` has no limit
 * plan buy 5@100 owner 3      the same fills, and nothing happens
 * plan buy 5@100 owner 3 decrement     how the owner's own resting orders fare; gtc, ioc and fok take the same word
 * wait 7 buy 5@market         an order at market that waits for an auction
 * gtc 7 buy 5@100 show 2      an iceberg (also with an owner and an action: ... owner 3 decrement show 2)
 * available buy 5@100         cancel 7      drop 7      reduce 7 by 2     fill 7 by 2
 * book                        both sides, best first: id:lots@price
 * depth buy 2                 levels as lots@price/orders        best · total buy · counts
 * ```
 * Fills read `makerId:lots@price`; then what rests, or what leaves unmatched.
 */
export function runTable(table: string): string {
  const book = new OrderBook();
  return rowsOf(table)
    .map((row) => {
      if (row.startsWith('#')) return row;
      const call = (row.split('=>')[0] as string).trim();
      return `${call} => ${resultOf(book, call)}`;
    })
    .join('\n');
}

/** The table's rows without indentation and empty lines, to compare with what `runTable` answers. */
export function tidy(table: string): string {
  return rowsOf(table)
    .map((row) => row.replace(/\s*=>\s*/, ' => '))
    .join('\n');
}

function rowsOf(table: string): string[] {
  return table
    .split('\n')
    .map((row) => row.trim())
    .filter((row) => row !== '');
}

function resultOf(book: OrderBook, call: string): string {
  const [verb = '', ...words] = call.split(/\s+/);
  const run = VERBS[verb];
  if (!run) throw new Error(`unknown call: ${call}`);
  try {
    return run(book, words);
  } catch (error) {
    return `throws ${(error as Error).message.replace('order book: ', '')}`;
  }
}

const VERBS: Record<string, (book: OrderBook, words: string[]) => string> = {
  gtc: (book, words) => submit(book, words, 'GTC'),
  ioc: (book, words) => submit(book, words, 'IOC'),
  fok: (book, words) => submit(book, words, 'FOK'),
  post: (book, words) => {
    const { side, priceTicks } = orderFrom(words.slice(1));
    return book.crosses(side, priceTicks) ? 'would cross' : submit(book, words, 'GTC');
  },
  rest: (book, words) => {
    const { side, priceTicks, quantityLots, owner, displayLots } = orderFrom(words.slice(1));
    book.rest(Number(words[0]), side, priceTicks, quantityLots, owner, displayLots);
    return 'ok';
  },
  wait: (book, words) => {
    const { side, quantityLots, owner } = orderFrom(words.slice(1));
    book.restAtMarket(Number(words[0]), side, quantityLots, owner);
    return 'ok';
  },
  plan: (book, words) => {
    const { side, priceTicks, quantityLots, owner, selfTrade } = orderFrom(words);
    book.plan(side, priceTicks, quantityLots, owner, book.fills, selfTrade);
    const self = book.fills.selfFillFirst < 0 ? '' : ` self at ${book.fills.selfFillFirst}`;
    const { leavesLots, filledLots } = book.fills;
    return `${fillsText(book)} leaves ${leavesLots} filled ${filledLots}${self}${preventionText(book)}`;
  },
  available: (book, words) => {
    const { side, priceTicks, quantityLots } = orderFrom(words);
    return String(book.availableLots(side, priceTicks, quantityLots));
  },
  cancel: (book, words) => `had ${book.remove(Number(words[0]))}`,
  drop: (book, words) => {
    if (!book.removeIfResting(Number(words[0]))) return 'none';
    const { orderId, side, priceTicks, quantityLots, owner } = book.removed;
    return `${orderId} ${side.toLowerCase()} ${quantityLots}@${priceTicks} owner ${owner}`;
  },
  fill: (book, words) => `leaves ${book.fill(Number(words[0]), Number(words[2]))}`,
  hidden: (book, words) => String(book.hiddenLotsOf(sideFrom(words[0]))),
  reduce: (book, words) => `leaves ${book.reduce(Number(words[0]), Number(words[2]))}`,
  order: (book, words) => {
    const order = book.order(Number(words[0]));
    if (!order) return 'none';
    const hidden = order.reserveLots === 0 ? '' : ` hides ${order.reserveLots} shows ${order.displayLots}`;
    return `${order.side.toLowerCase()} ${order.quantityLots}@${order.priceTicks} owner ${order.owner}${hidden}`;
  },
  book: (book) => `${queueText(book, 'BUY')} | ${queueText(book, 'SELL')}`,
  best: (book) => `${book.bestPriceTicks('BUY') ?? '-'} | ${book.bestPriceTicks('SELL') ?? '-'}`,
  level: (book, words) => String(book.levelLots(sideFrom(words[0]), Number(words[1]))),
  depth: (book, words) =>
    book
      .depth(sideFrom(words[0]), Number(words[1]))
      .map((level) => `${level.quantityLots}@${level.priceTicks}/${level.orderCount}`)
      .join(' ') || '-',
  total: (book, words) => String(book.totalLotsOf(sideFrom(words[0]))),
  counts: (book) =>
    `orders ${book.orderCountOf('BUY')} | ${book.orderCountOf('SELL')} levels ${book.levelCountOf('BUY')} | ${book.levelCountOf('SELL')}`,
};

function submit(book: OrderBook, words: string[], policy: RemainderPolicy): string {
  const { side, priceTicks, quantityLots, owner, selfTrade, displayLots } = orderFrom(words.slice(1));
  const id = Number(words[0]);
  const { fills } = book;
  const restsLots = book.submit(
    id,
    side,
    priceTicks,
    quantityLots,
    owner,
    policy,
    fills,
    selfTrade,
    displayLots,
  );
  const rest = restsLots > 0 ? `rests ${restsLots}` : `leaves ${book.fills.leavesLots}`;
  return `${fillsText(book)} ${rest}${preventionText(book)}`;
}

function orderFrom(all: string[]) {
  const show = all.indexOf('show');
  const words = show < 0 ? all : all.slice(0, show);
  const [side, size = '', , owner = '0', selfTrade = 'allow'] = words;
  const [lots, price] = size.split('@');
  return {
    side: sideFrom(side),
    quantityLots: Number(lots),
    priceTicks: price === 'market' ? MARKET : Number(price),
    owner: Number(owner),
    displayLots: show < 0 ? 0 : Number(all[show + 1]),
    selfTrade: selfTrade.toUpperCase().replace('-', '_') as SelfTradeAction,
  };
}

function sideFrom(word: string | undefined): Side {
  if (word !== 'buy' && word !== 'sell') throw new Error(`not a side: ${word}`);
  return word === 'buy' ? 'BUY' : 'SELL';
}

function fillsText(book: OrderBook): string {
  const { fills } = book;
  const texts = Array.from(
    { length: fills.count },
    (_, i) => `${fills.makerOrderIds[i]}:${fills.quantitiesLots[i]}@${fills.pricesTicks[i]}`,
  );
  return texts.join(' ') || '-';
}

function preventionText({ fills }: OrderBook): string {
  const texts = Array.from(
    { length: fills.preventedCount },
    (_, i) => ` prevents ${fills.preventedOrderIds[i]}:${fills.preventedLots[i]}`,
  );
  return `${texts.join('')}${fills.isTakerCancelled ? ' taker cancelled' : ''}`;
}

function queueText(book: OrderBook, side: Side): string {
  const texts: string[] = [];
  book.forEachOrder(side, (orderId, priceTicks, lots) => texts.push(`${orderId}:${lots}@${priceTicks}`));
  return texts.join(' ') || '-';
}
