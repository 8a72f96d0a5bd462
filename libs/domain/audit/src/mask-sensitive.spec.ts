import {
  MASK_DEPTH_MAX,
  type MaskableValue,
  maskSensitive,
  PARTLY_SHOWN_KEYS,
  REDACTED,
  REDACTED_KEYS,
} from './mask-sensitive';

it.each([
  ['cardNumber', '4111 1111 1111 1234', '****1234'],
  ['card_number', 4111111111111234, '****1234'],
  ['CARD-NUMBER', 4111111111111234n, '****1234'],
  ['iban', 'DE89370400440532013000', '****3000'],
  ['account.bankRef', '12345', REDACTED],
  ['pan', ['4111111111111234'], REDACTED],
  ['password', 'hunter2', REDACTED],
  ['access_token', { raw: 'x' }, REDACTED],
  ['cvv', 123, REDACTED],
  ['token', null, null],
  ['accountId', 'alice.main', 'alice.main'],
  ['tokenised', 'yes', 'yes'],
])('%s: %j → %j', (key, value, masked) => {
  expect(maskSensitive({ [key]: value as MaskableValue })).toEqual({ [key]: masked });
});

it('masks at any depth without touching its input', () => {
  const fields = { order: { legs: [{ secret: 's', side: 'BUY' }] }, key: Uint8Array.of(1) };
  const before = structuredClone(fields);
  expect(maskSensitive(fields)).toEqual({
    order: { legs: [{ secret: REDACTED, side: 'BUY' }] },
    key: Uint8Array.of(1),
  });
  expect(fields).toEqual(before);
});

it('redacts what lies deeper than it looks', () => {
  let nested: MaskableValue = { secret: 's' };
  for (let i = 0; i <= MASK_DEPTH_MAX; i++) nested = { nested };
  expect(JSON.stringify(maskSensitive({ nested }))).not.toContain('"s"');
});

it('lists its keys in the form in which they are compared', () => {
  const keys = [...PARTLY_SHOWN_KEYS, ...REDACTED_KEYS];
  expect(keys.filter((key) => !/^[a-z0-9]+$/.test(key))).toEqual([]);
  expect(new Set(keys).size).toBe(keys.length);
});

it('keeps a key named __proto__ as an ordinary key', () => {
  const fields = JSON.parse('{"__proto__": {"secret": "s"}}');
  expect(JSON.stringify(maskSensitive(fields))).toBe('{"__proto__":{"secret":"[REDACTED]"}}');
});
