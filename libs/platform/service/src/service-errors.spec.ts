import { RpcError } from '@clearway/platform-rpc';
import { OverloadedError, ShardUnavailableError } from '@clearway/platform-shard';
import { toRpcError, withRpcErrors } from './service-errors';

describe('toRpcError', () => {
  it('names the reason of an error that carries one, with the wait that it asks for', () => {
    expect(toRpcError(new ShardUnavailableError('risk/0', 'NOT_READY', 'standby'))).toMatchObject({
      reason: 'NOT_READY',
      status: 'UNAVAILABLE',
      retryable: true,
    });
    expect(toRpcError(new OverloadedError('risk/0', 10, 250))).toMatchObject({
      reason: 'OVERLOADED',
      retryAfterMs: 250,
    });
  });

  it('leaves alone what crosses already and what is a bug', async () => {
    const known = new RpcError('UNKNOWN_ORDER');
    const bug = new TypeError('x is not a function');
    const stranger = Object.assign(new Error('?'), { reason: 'NO_SUCH_REASON' });
    expect([known, bug, stranger].map(toRpcError)).toEqual([known, bug, stranger]);
    await expect(withRpcErrors(Promise.reject(bug))).rejects.toBe(bug);
  });
});
