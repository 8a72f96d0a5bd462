import { positiveNumber, wholeNumber } from './numbers';
import { UsageError } from './usage-error';

it.each(['1', '10', ' 7 ', '1e1'])('takes %j as a whole number', (text) => {
  expect(wholeNumber('--n', text, { max: 10 })).toBe(Number(text));
});

it.each(['', ' ', '0', '11', '1.5', 'x', '-1', 'NaN', '1e99'])(
  'refuses %j, naming option and limits',
  (text) => {
    const refusal = new UsageError(`--n must be a whole number from 1 to 10, not "${text}"`);
    expect(() => wholeNumber('--n', text, { max: 10 })).toThrow(refusal);
  },
);

it('takes 0 where that is allowed', () => expect(wholeNumber('--n', '0', { min: 0, max: 1 })).toBe(0));

it.each(['0.5', '10'])('takes %j as a positive number', (text) => {
  expect(positiveNumber('--m', text, 10)).toBe(Number(text));
});

it.each(['', '0', '-1', '10.1', 'x'])('refuses %j, naming option and limit', (text) => {
  const refusal = new UsageError(`--m must be a number above 0 and at most 10, not "${text}"`);
  expect(() => positiveNumber('--m', text, 10)).toThrow(refusal);
});
