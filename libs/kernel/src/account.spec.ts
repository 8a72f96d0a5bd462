import { ACCOUNT_ID_LENGTH_MAX, isAccountId, participantOf } from './account';

const ACCOUNTS: [id: string, isOne: boolean][] = [
  ['alice.main', true],
  ['a.b', true],
  ['replay-01.r1x-9', true],
  ['alice', false],
  ['.main', false],
  ['alice.', false],
  ['alice.main.x', false],
  ['Alice.main', false],
  ['-alice.main', false],
  ['alice-.main', false],
  ['alice.ma in', false],
  ['аlice.main', false],
  ['house.ccp', false],
  [`${'a'.repeat(ACCOUNT_ID_LENGTH_MAX - 2)}.b`, true],
  [`${'a'.repeat(ACCOUNT_ID_LENGTH_MAX - 1)}.b`, false],
];

describe('account ids', () => {
  it.each(ACCOUNTS)('%s: %s', (id, isOne) => {
    expect(isAccountId(id)).toBe(isOne);
  });

  it('name their owner', () => {
    expect(participantOf('replay-01.main')).toBe('replay-01');
  });
});
