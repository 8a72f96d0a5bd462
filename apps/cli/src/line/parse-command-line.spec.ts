import { COMMANDS } from '../commands';
import { nameOf, optionsOf } from './command';
import { parseCommandLine } from './parse-command-line';
import { UsageError } from './usage-error';

function parsed(line: string): unknown {
  try {
    const { command, words, options } = parseCommandLine(line === '' ? [] : line.split(' '), COMMANDS);
    return [command ? nameOf(command) : '', [...words], { ...options }];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return `${error.message} ${error.hint}`.trim();
  }
}

describe('parseCommandLine', () => {
  it.each([
    ['status', 'status', [], {}],
    ['--json status', 'status', [], { json: true }],
    ['--as alice orders alice.main --open', 'orders', ['alice.main'], { as: 'alice', open: true }],
    ['orders --limit=5 alice.main', 'orders', ['alice.main'], { limit: '5' }],
    ['saga trading/0#17', 'saga', ['trading/0#17'], {}],
    ['saga retry trading/0#17', 'saga retry', ['trading/0#17'], {}],
    ['place alice.main buy 10 AAPL --market', 'place', ['alice.main', 'buy', '10', 'AAPL'], { market: true }],
    ['limits set --order-qty 5', 'limits set', [], { 'order-qty': '5' }],
    ['limits', 'limits', [], {}],
    ['place --help', 'place', [], { help: true }],
    ['place -h', 'place', [], { help: true }],
    ['', '', [], {}],
  ])('reads “%s”', (line, command, words, options) =>
    expect(parsed(line)).toEqual([command, words, options]),
  );

  it.each([
    ['statsu', '“statsu” is no command. Did you mean “status”?'],
    ['xyzzy', '“xyzzy” is no command. clearway --help lists them.'],
    ['audit', '“audit” needs one of search, checkpoint.'],
    [
      'audit serach',
      '“audit serach” is no command; “audit” has search, checkpoint. Did you mean “audit search”?',
    ],
    ['orders', 'ACCOUNT is missing. Usage: clearway orders ACCOUNT [options]'],
    ['risk a b', '“b” is one word too many. Usage: clearway risk ACCOUNT'],
    ['orders a --opne', 'clearway orders has no option --opne. Did you mean --open?'],
    ['orders a --market', 'clearway orders has no option --market. clearway orders --help lists them.'],
    ['orders a --limit', '--limit takes a value: --limit N.'],
    ['orders a --open=yes', '--open takes no value.'],
    ['orders a --limit 1 --limit 2', '--limit is given twice.'],
    ['place a boy 1 AAPL 2', 'SIDE is one of buy, sell, not “boy”. Did you mean “buy”?'],
    [
      'place a buy 1 AAPL 2 --tif gtx',
      '--tif is one of day, gtc, ioc, fok, gtd, auction, not “gtx”. Did you mean “gtc”?',
    ],
    ['completion fish', 'SHELL is one of bash, zsh, not “fish”.'],
  ])('refuses “%s”', (line, complaint) => expect(parsed(line)).toBe(complaint));
});

describe('the commands', () => {
  it('have names of their own', () => {
    const names = COMMANDS.map(nameOf);
    expect(new Set(names).size).toBe(names.length);
  });

  it('agree on which options take a value, because options are found before the command is known', () => {
    const kinds = new Map<string, Set<boolean>>();
    for (const [name, { value }] of COMMANDS.flatMap((command) => Object.entries(optionsOf(command))))
      kinds.set(name, (kinds.get(name) ?? new Set()).add(value === undefined));
    expect([...kinds].filter(([, seen]) => seen.size > 1).map(([name]) => name)).toEqual([]);
  });

  it('say what they do in one sentence', () => {
    expect(COMMANDS.filter(({ summary }) => !/^[A-Z].*[^.]$/.test(summary)).map(nameOf)).toEqual([]);
  });

  it('take their optional words last', () => {
    const wrong = COMMANDS.filter(({ positionals = [] }) =>
      positionals.some(
        ({ optional }, at) =>
          optional && positionals[at + 1]?.optional === undefined && at + 1 < positionals.length,
      ),
    );
    expect(wrong.map(nameOf)).toEqual([]);
  });
});
