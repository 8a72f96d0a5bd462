import { OrderBook } from '@clearway/domain-matching';
import fc from 'fast-check';
import type { MarketChange } from './market-tape';
import { refused, TradingDesk } from './testing/trading-desk';

/** A change in one line. */
function line(change: MarketChange): string {
  const { kind, symbol, ...rest } = change;
  return [kind, symbol, ...Object.values(rest)].join(' ');
}

/** What somebody sees who follows the changes of AMZN alone. */
function followed(changes: readonly MarketChange[]): OrderBook {
  const book = new OrderBook();
  for (const change of changes) {
    if (change.kind === 'added')
      book.rest(change.orderNumber, change.side, change.priceTicks, change.quantityLots);
    else if (change.kind === 'removed') book.remove(change.orderNumber);
    else if (change.kind === 'reduced') {
      const openLots = book.order(change.orderNumber)?.quantityLots ?? 0;
      book.reduce(change.orderNumber, openLots - change.leavesLots);
    }
  }
  return book;
}

describe('the market tape', () => {
  it('tells what everybody may see, in order, and nothing of whose it is', () => {
    const desk = new TradingDesk();
    desk.place({ clOrdId: 's1', side: 'SELL', quantity: '10', price: '100.00' });
    desk.place({ clOrdId: 's2', side: 'SELL', quantity: '5', price: '100.01', account: 'bob.main' });
    desk.place({ clOrdId: 'b1', side: 'BUY', quantity: '12', price: '100.01', account: 'carol.main' });
    desk.place({ clOrdId: 'b2', side: 'BUY', quantity: '1', price: '90.00' });
    desk.cancel('alice.main', 'b2');
    desk.do({ kind: 'SetTradingStatus', symbol: 'AMZN', status: 'HALTED' });
    expect(desk.market.map(line)).toEqual([
      'added AMZN 1 SELL 10000 10',
      'added AMZN 2 SELL 10001 5',
      'traded AMZN 1 BUY 10000 10',
      'removed AMZN 1',
      'traded AMZN 2 BUY 10001 2',
      'reduced AMZN 2 3',
      'added AMZN 4 BUY 9000 1',
      'removed AMZN 4',
      'status-changed AMZN HALTED HALTED',
    ]);
    expect(JSON.stringify(desk.market)).not.toMatch(/alice|bob|carol|s1|b1/);
  });

  it('tells that a trade was busted', () => {
    const desk = new TradingDesk();
    desk.participant = (request) => (request.kind === 'SettleLeg' ? refused('INSUFFICIENT_FUNDS') : 'ok');
    desk.place({ clOrdId: 's1', side: 'SELL', quantity: '10' });
    desk.place({ clOrdId: 'b1', side: 'BUY', quantity: '10', account: 'carol.main' });
    expect(desk.market.map(line).at(-1)).toBe('busted AMZN 1');
  });

  it('notes nothing on a replay', () => {
    const desk = new TradingDesk();
    desk.place({ clOrdId: 's1', side: 'SELL', quantity: '10' });
    const told = desk.market.length;
    desk.replayed();
    expect(desk.state.tape.stop()).toEqual([]);
    expect(desk.market).toHaveLength(told);
  });

  it('lets a follower rebuild the book after any orders and cancels', () => {
    const action = fc.record({
      cancels: fc.boolean(),
      of: fc.nat(30),
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      price: fc.integer({ min: 98, max: 102 }),
      quantity: fc.integer({ min: 1, max: 20 }),
      timeInForce: fc.constantFrom('DAY' as const, 'GTC' as const, 'IOC' as const),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
        const desk = new TradingDesk();
        actions.forEach(({ cancels, of, side, price, quantity, timeInForce }, at) => {
          if (cancels) desk.cancel('alice.main', `o${of}`);
          else
            desk.place({
              clOrdId: `o${at}`,
              side,
              timeInForce,
              price: `${price}.00`,
              quantity: String(quantity),
            });
        });
        const book = desk.state.markets.get('AMZN')?.book as OrderBook;
        const view = ({ bids, asks }: ReturnType<OrderBook['snapshot']>) =>
          [bids, asks].map(({ owners: _owners, ...shown }) => shown);
        expect(view(followed(desk.market).snapshot())).toEqual(view(book.snapshot()));
      }),
      { numRuns: 60 },
    );
  });
});
