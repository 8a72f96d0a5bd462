import { reason } from '@clearway/kernel';
import { BoundedAccessLog } from './access-log';
import { fromWireReasons, toWireReasons } from './wire-reasons';

describe('wire reasons', () => {
  it('cross both ways', () => {
    const reasons = [reason('INSUFFICIENT_FUNDS', 'Needs 5.', { needed: '5' }), reason('ORDER_RATE')];
    expect(fromWireReasons(toWireReasons(reasons))).toEqual(reasons);
  });

  it('never take an unknown code for a known one', () => {
    const wire = [{ code: 'TOMORROW', message: 'm', metadata: { a: '1' } }];
    expect(fromWireReasons(wire)).toEqual([reason('INTERNAL', 'm', { a: '1', code: 'TOMORROW' })]);
  });
});

describe('bounded access log', () => {
  it('tells so many refusals a second and no more', () => {
    let told = 0;
    const refused = (): void => {
      told += 1;
    };
    const target = { sessionOpened: () => undefined, refused };
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const bounded = new BoundedAccessLog(target, 5, log);
    for (let n = 0; n < 1_000; n += 1) bounded.refused(undefined, '/m', 'NO_IDENTITY', 'a');
    expect(told).toBeGreaterThanOrEqual(5);
    expect(told).toBeLessThanOrEqual(10);
  });
});
