import {
  isConnectionError,
  isSerializationError,
  isUniqueViolation,
  PostgresUnavailable,
} from './postgres-errors';

const withCode = (code: string): Error => Object.assign(new Error('x'), { code });

test.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '08006', '57P01', '57P03', '53300'])(
  '%s is a connection error',
  (code) => {
    expect(isConnectionError(withCode(code))).toBe(true);
  },
);

test.each(['23505', '40001', '57014', '42P01', 'EACCES'])('%s is none', (code) => {
  expect(isConnectionError(withCode(code))).toBe(false);
});

test.each([
  new Error('Connection terminated unexpectedly'),
  new Error('Connection terminated due to connection timeout'),
  new Error('timeout exceeded when trying to connect'),
  new Error('Client has encountered a connection error and is not queryable'),
  new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]),
  new PostgresUnavailable(undefined),
])('%s is a connection error without a code', (error) => {
  expect(isConnectionError(error)).toBe(true);
});

test('values that are no errors are nothing', () => {
  for (const value of [undefined, null, 'ECONNRESET', 8, {}, new AggregateError([])]) {
    expect([isConnectionError(value), isSerializationError(value), isUniqueViolation(value)]).toEqual([
      false,
      false,
      false,
    ]);
  }
});

test('races that may be run again', () => {
  expect(['40001', '40P01', '23505'].map((code) => isSerializationError(withCode(code)))).toEqual([
    true,
    true,
    false,
  ]);
});
