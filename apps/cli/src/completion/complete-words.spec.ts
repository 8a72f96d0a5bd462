import { COMMANDS } from '../commands';
import { completeWords, knownNames } from './complete-words';

const NAMES = { accounts: ['alice.main', 'bob.main'], participants: ['alice', 'bob'] };

/** What may follow; the last word is the one being typed. */
function next(line: string): string {
  return completeWords(COMMANDS, line.split(' '), () => NAMES)
    .map(({ word }) => word)
    .join(' ');
}

describe('completeWords', () => {
  it.each([
    ['st', 'status statement'],
    ['sa', 'sagas saga'],
    ['saga ', 'retry compensate'],
    ['audit ', 'search checkpoint'],
    ['orders ', 'alice.main bob.main'],
    ['orders b', 'bob.main'],
    ['orders alice.main ', ''],
    ['orders alice.main --o', '--open'],
    ['orders alice.main --open --o', ''],
    ['place alice.main ', 'buy sell'],
    ['place alice.main buy 10 AAPL --tif ', 'day gtc ioc fok gtd auction'],
    ['instruments ', 'add'],
    ['resume AAPL --a', '--auction --as'],
    ['schedule AAPL --d', '--days'],
    ['--as ', 'alice bob'],
    ['--as alice or', 'orders order'],
    ['--json orders ', 'alice.main bob.main'],
    ['sagas --host ', 'trading clearing'],
    ['completion ', 'bash zsh'],
    ['--stack ', ''],
    ['nonsense ', ''],
  ])('“%s” goes on with “%s”', (line, words) => expect(next(line)).toBe(words));

  it('offers every command at the beginning, each group once', () => {
    const words = next('').split(' ');
    expect(words).toEqual(expect.arrayContaining(['status', 'limits', 'audit', 'kill']));
    expect(new Set(words).size).toBe(words.length);
  });

  it('knows no names when no stack runs', () => {
    const nothing = { accounts: [], participants: [] };
    expect(knownNames(undefined)).toEqual(nothing);
    expect(knownNames('/nowhere/stack.json')).toEqual(nothing);
  });
});
