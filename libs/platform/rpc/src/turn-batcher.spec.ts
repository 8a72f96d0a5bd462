import { RpcError } from './rpc-error';
import { TurnBatcher } from './turn-batcher';

interface Call {
  items: readonly number[];
  resolve(results: readonly number[]): void;
  reject(error: unknown): void;
}

function batcher(options: Partial<{ sizeMax: number; inFlightMax: number; queueMax: number }> = {}) {
  const calls: Call[] = [];
  const turns = new TurnBatcher<number, number>({
    sizeMax: 3,
    inFlightMax: 1,
    queueMax: 100,
    send: (items) => new Promise((resolve, reject) => calls.push({ items, resolve, reject })),
    ...options,
  });
  return { calls, turns };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const echo = (call: Call | undefined): void => call?.resolve(call.items.map((item) => item * 10));

describe('turn batcher', () => {
  it('sends what one turn added in one call and hands each item its own result', async () => {
    const { calls, turns } = batcher();
    const answers = Promise.all([turns.submit(1), turns.submit(2), turns.submit(3)]);
    expect(calls).toHaveLength(0);
    await turn();
    expect(calls.map(({ items }) => items)).toEqual([[1, 2, 3]]);
    echo(calls[0]);
    expect(await answers).toEqual([10, 20, 30]);
  });

  it('gathers while its calls are under way, and keeps the order', async () => {
    const { calls, turns } = batcher({ inFlightMax: 2 });
    const done: number[] = [];
    for (let n = 0; n < 10; n += 1) turns.add(n, () => done.push(n));
    await turn();
    expect(calls.map(({ items }) => items)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(turns.queued).toBe(4);
    echo(calls[0]);
    await turn();
    await turn();
    expect(calls[2]?.items).toEqual([6, 7, 8]);
    for (const call of calls.slice(1)) echo(call);
    await turn();
    await turn();
    echo(calls[3]);
    await turn();
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('fails each item of a failed call with its error and goes on', async () => {
    const { calls, turns } = batcher();
    const errors: (RpcError | undefined)[] = [];
    for (let n = 0; n < 4; n += 1) turns.add(n, (error) => errors.push(error));
    await turn();
    const error = new RpcError('DRAINING');
    calls[0]?.reject(error);
    await turn();
    await turn();
    echo(calls[1]);
    await turn();
    expect(errors).toEqual([error, error, error, undefined]);
  });

  it('treats a wrong number of results and any other failure as a bug', async () => {
    const { calls, turns } = batcher();
    const first = expect(turns.submit(1)).rejects.toMatchObject({ reason: 'INTERNAL' });
    await turn();
    calls[0]?.resolve([]);
    await first;
    const second = expect(turns.submit(2)).rejects.toMatchObject({ reason: 'INTERNAL' });
    await turn();
    await turn();
    calls[1]?.reject(new TypeError('x'));
    await second;
  });

  it('refuses more than its queue holds with OVERLOADED, not before add returns', async () => {
    const { turns } = batcher({ queueMax: 2 });
    const errors: (RpcError | undefined)[] = [];
    for (let n = 0; n < 3; n += 1) turns.add(n, (error) => errors.push(error));
    expect(errors).toEqual([]);
    await turn();
    expect(errors).toEqual([expect.objectContaining({ reason: 'OVERLOADED', retryAfterMs: 50 })]);
  });
});
