import { keyOf, numberAt, resourceKey } from './entry-keys';

it('gives safe integers, the same for ever', () => {
  const keys = [keyOf('account', 'alice.main'), keyOf('actor', ''), resourceKey('order/trading/0:17')];
  expect(keys.every((key) => Number.isSafeInteger(key) && key >= 0)).toBe(true);
  expect(keys).toEqual([4_788_965_880_486_243, 98_733_735_635_851, 6_600_271_129_233_664]);
});

it('hashes kinds apart, and values apart', () => {
  const values = Array.from({ length: 50_000 }, (_, i) => `p${i % 500}.account-${i}`);
  const keys = new Set(values.flatMap((value) => [keyOf('account', value), keyOf('actor', value)]));
  expect(keys.size).toBe(100_000);
});

it('gives sixteen neighbours one key, and other numbers, shards and kinds others', () => {
  const numbers = Array.from({ length: 64_000 }, (_, i) => i);
  expect(new Set(numbers.map((number) => resourceKey(`order/trading/0:${number}`))).size).toBe(4_000);
  const far = [
    'order/trading/0:68719476752',
    'order/trading/0:16',
    'order/trading/1:16',
    'saga/trading/0:16',
  ];
  expect(new Set(far.map(resourceKey)).size).toBe(4);
  expect(resourceKey('account/alice.main')).toBe(keyOf('resource', 'account/alice.main'));
});

it.each([
  ['order/trading/0:17', 15],
  ['order/trading/0', -1],
  ['order/trading/0:', -1],
  ['order/trading/0:9999999999999999', -1],
  [':1', -1],
  ['', -1],
])('finds the number of %j at %d', (resource, at) => {
  expect(numberAt(resource)).toBe(at);
});
