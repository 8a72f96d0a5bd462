import { parseArguments } from './arguments';

const parse = (text: string) => parseArguments(text.split(' ').filter(Boolean), '/home');

describe('parseArguments', () => {
  it('takes a file alone, and everything by default', () => {
    expect(parse('day.zip')).toEqual({
      ok: true,
      value: {
        file: '/home/day.zip',
        rowsMax: Number.POSITIVE_INFINITY,
        json: false,
        symbol: undefined,
        participantCount: 8,
        stackFile: undefined,
        stateDir: undefined,
        colour: true,
      },
    });
  });

  it('takes every option', () => {
    const text =
      '/d.csv --rows 20000 --json --symbol AMZN --participants 4 --stack s.json --state-dir x --no-color';
    expect(parse(text)).toMatchObject({
      value: {
        file: '/d.csv',
        rowsMax: 20_000,
        json: true,
        symbol: 'AMZN',
        participantCount: 4,
        stackFile: '/home/s.json',
        stateDir: '/home/x',
        colour: false,
      },
    });
  });

  it.each([
    ['', 'Name one FILE'],
    ['a b', 'Name one FILE'],
    ['a --rows 0', '--rows takes'],
    ['a --rows x', '--rows takes'],
    ['a --participants 2', '--participants takes'],
    ['a --participants 9', '--participants takes'],
    ['a --symbol amzn', '--symbol takes'],
    ['a --fast', '--fast'],
  ])('refuses "%s"', (text, problem) => {
    expect(parse(text)).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
  });
});
