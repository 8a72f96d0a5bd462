import type { OrderView, TradingOutput } from '@clearway/domain-trading';
import { RpcError } from '@clearway/platform-rpc';
import { PlacedOrders } from './placed-orders';

const placed = (number: number): TradingOutput => ({
  kind: 'placed',
  order: { number } as OrderView,
  fills: [],
});
const never = new AbortController().signal;

describe('PlacedOrders', () => {
  it('answers everybody who waits for an order, once', () => {
    const orders = new PlacedOrders();
    const seen: string[] = [];
    orders.whenPlaced(7, () => seen.push('first'));
    orders.whenPlaced(7, () => seen.push('second'));
    orders.take([placed(8), placed(7), placed(7)]);
    expect(seen).toEqual(['first', 'second']);
  });

  it('answers who asks right after the answer passed, as a repeated command of the same turn does', async () => {
    const orders = new PlacedOrders();
    orders.take([placed(7)]);
    await Promise.resolve();
    await expect(orders.placed(7, never)).resolves.toMatchObject({ order: { number: 7 } });
  });

  it('remembers an answer no longer than that', async () => {
    const orders = new PlacedOrders();
    orders.take([placed(7)]);
    await new Promise((resolve) => setImmediate(resolve));
    let answered = false;
    orders.whenPlaced(7, () => {
      answered = true;
    });
    expect(answered).toBe(false);
  });

  it('gives up when the caller does', async () => {
    const orders = new PlacedOrders();
    const caller = new AbortController();
    const waiting = orders.placed(7, caller.signal);
    caller.abort();
    await expect(waiting).rejects.toThrow(RpcError);
  });

  it('does not begin to wait for a caller who has gone', async () => {
    const orders = new PlacedOrders();
    await expect(orders.placed(7, AbortSignal.abort())).rejects.toThrow(RpcError);
  });
});
