import { RpcError } from '@clearway/platform-rpc';
import { UsageError } from '../line/usage-error';
import { CallFailed } from '../stack/call-failed';
import { StackMissing } from '../stack/stack-missing';
import { coloursOf } from './colours';
import { failureOf, failureText } from './error-text';

const PLAIN = coloursOf(false);

function failed(error: RpcError, repeatWith = ''): CallFailed {
  return new CallFailed('trading', '127.0.0.1:7001', 'PlaceOrder', error, repeatWith);
}

function told(error: unknown): string {
  const failure = failureOf(error);
  return `\n${failureText(failure, PLAIN)}\nexit status ${failure.exitStatus}\n`;
}

describe('a failure', () => {
  it('of the command line', () =>
    expect(
      told(new UsageError('ACCOUNT is missing.', 'Usage: clearway orders ACCOUNT')),
    ).toMatchInlineSnapshot(`
"
error ACCOUNT is missing.
Usage: clearway orders ACCOUNT
exit status 2
"
`));

  it('for want of a stack', () =>
    expect(
      told(new StackMissing('There is no /x/stack.json, so no stack is running there.')),
    ).toMatchInlineSnapshot(`
"
error There is no /x/stack.json, so no stack is running there.
Start one with “npm start”, or name another one with --stack FILE or CLEARWAY_STACK.
exit status 3
"
`));

  it('by a refusal with figures', () => {
    const error = new RpcError('CL_ORD_ID_REUSED', 'The key k1 has another body.', {
      cl_ord_id: 'k1',
      field: 'price',
    });
    expect(told(failed(error))).toMatchInlineSnapshot(`
"
error The key k1 has another body.
  CL_ORD_ID_REUSED (ALREADY_EXISTS) from PlaceOrder of trading at 127.0.0.1:7001
  cl_ord_id=k1 field=price
Take another --id for another order, or leave it out.
exit status 1
"
`);
  });

  it('by a wrong field', () => {
    const fieldViolations = [{ field: 'order_qty', description: 'must be a multiple of the lot size' }];
    const error = new RpcError('FIELD_INVALID', 'The request is wrong.', {}, { fieldViolations });
    expect(told(failed(error))).toMatchInlineSnapshot(`
"
error The request is wrong.
  order_qty must be a multiple of the lot size
  FIELD_INVALID (INVALID_ARGUMENT) from PlaceOrder of trading at 127.0.0.1:7001
Change the request, or what stands in its way, and try again.
exit status 1
"
`);
  });

  it('that a wait mends', () => {
    const error = new RpcError('OVERLOADED', undefined, {}, { retryAfterMs: 200 });
    expect(told(failed(error))).toMatchInlineSnapshot(`
"
error A queue is full; nothing was accepted.
  OVERLOADED (RESOURCE_EXHAUSTED) from PlaceOrder of trading at 127.0.0.1:7001
Try the same again in 200 ms.
exit status 1
"
`);
  });

  it('without an answer names the key that repeats the request', () =>
    expect(told(failed(new RpcError('OUTCOME_UNKNOWN'), '--id cli-1'))).toMatchInlineSnapshot(`
"
error trading at 127.0.0.1:7001 gave no answer: The deadline passed first; ask by key.
  OUTCOME_UNKNOWN (DEADLINE_EXCEEDED) from PlaceOrder of trading at 127.0.0.1:7001
Try the same again with --id cli-1: with the same key nothing is done twice.
exit status 3
"
`));

  it('of this program', () =>
    expect(told(new TypeError('x is undefined'))).toMatchInlineSnapshot(`
"
error x is undefined
This is a bug of clearway itself.
exit status 1
"
`));

  it('keeps for programs what it tells people', () => {
    const error = new RpcError('OVERLOADED', undefined, { queue: 'commands' }, { retryAfterMs: 200 });
    expect(failureOf(failed(error)).document).toMatchObject({
      reason: 'OVERLOADED',
      status: 'RESOURCE_EXHAUSTED',
      retry: 'later',
      retryAfterMs: 200,
      metadata: { queue: 'commands' },
      service: 'trading',
      method: 'PlaceOrder',
    });
  });
});
