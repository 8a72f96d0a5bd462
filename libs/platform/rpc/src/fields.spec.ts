import { CALLER_KEY, fields } from './fields';
import type { RpcError } from './rpc-error';

function violationsOf(check: (f: ReturnType<typeof fields>) => void): string[] {
  const check1 = fields();
  check(check1);
  try {
    check1.done();
  } catch (thrown) {
    const error = thrown as RpcError;
    expect(error.reason).toBe('FIELD_INVALID');
    return error.fieldViolations.map(({ field, description }) => `${field} ${description}`);
  }
  return [];
}

describe('field check', () => {
  it('lets good fields through and returns their values', () => {
    const check = fields();
    expect(check.accountId('account', 'alice.main')).toBe('alice.main');
    expect(check.text('cl_ord_id', 'A-1', CALLER_KEY)).toBe('A-1');
    expect(check.optionalText('symbol', '', CALLER_KEY)).toBe('');
    expect(check.oneOf('side', 1, [1, 2])).toBe(1);
    expect(check.decimal('price', '12.5', { decimals: 2 })).toBe(1250n);
    expect(check.decimal('change', '-1', { decimals: 0, sign: 'any' })).toBe(-1n);
    expect(check.integer('depth', 5, 1, 10)).toBe(5);
    expect(check.list('steps', [1], 2)).toEqual([1]);
    expect(check.pageSize(0)).toBe(100);
    expect(() => check.done()).not.toThrow();
  });

  it.each(['a\0b', 'a\u001bb', 'a\u007fb', '\u0085'])('refuses the control character in %j', (text) => {
    expect(violationsOf((check) => check.optionalText('note', text, { charsMax: 9 }))).toEqual([
      'note must not have control characters',
    ]);
  });

  it('takes line ends and tabs in free text', () => {
    expect(violationsOf((check) => check.optionalText('note', 'a\r\n\tb', { charsMax: 9 }))).toEqual([]);
  });

  it('collects every violation', () => {
    const found = violationsOf((check) => {
      check.accountId('account', 'Alice');
      check.text('cl_ord_id', '', CALLER_KEY);
      check.text('request_id', 'a b', CALLER_KEY);
      check.oneOf('side', 0, [1, 2]);
      check.decimal('price', '1e5', { decimals: 2 });
      check.decimal('order_qty', '0', { decimals: 2 });
      check.decimal('fee', '-1', { decimals: 2, sign: 'not-negative' });
      check.decimal('amount', '1.005', { decimals: 2 });
      check.integer('depth', 1.5, 1, 10);
      check.list('steps', [1, 2, 3], 2);
      check.message('instrument', undefined);
    });
    expect(found).toEqual([
      'account is not an account id such as "alice.main"',
      'cl_ord_id must have 1 to 36 characters',
      'request_id may only have the characters A-Z a-z 0-9 . _ : -',
      'side has no known value',
      'price is not a decimal number such as "12.50"',
      'order_qty must be positive',
      'fee must not be negative',
      'amount has too many places after the point',
      'depth must be a whole number from 1 to 10',
      'steps may have at most 2 items',
      'instrument must be set',
    ]);
  });

  it('refuses a page too large with its own reason', () => {
    expect(() => fields().pageSize(501)).toThrow(expect.objectContaining({ reason: 'INVALID_PAGE' }));
  });
});
