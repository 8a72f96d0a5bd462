import { run } from './run';

async function clearway(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  const texts = { out: '', err: '' };
  const status = await run(args, {
    out: (text) => {
      texts.out += text;
    },
    err: (text) => {
      texts.err += text;
    },
    isTerminal: false,
    interrupted: new AbortController().signal,
  });
  return { status, ...texts };
}

describe('clearway without a stack', () => {
  it('says how to start one, and ends with 3', async () => {
    const { status, out, err } = await clearway('status', '--stack', '/nowhere/stack.json');
    expect({ status, out }).toEqual({ status: 3, out: '' });
    expect(err).toBe(
      'error There is no /nowhere/stack.json, so no stack is running there.\n' +
        'Start one with “npm start”, or name another one with --stack FILE or CLEARWAY_STACK.\n',
    );
  });

  it('says the same in one JSON document', async () => {
    const { status, out, err } = await clearway('status', '--json', '--stack', '/nowhere/stack.json');
    expect({ status, err }).toEqual({ status: 3, err: '' });
    expect(JSON.parse(out)).toMatchObject({ error: { reason: 'NO_STACK' } });
  });

  it('helps all the same', async () => {
    expect(await clearway()).toMatchObject({ status: 0, err: '' });
    expect((await clearway('help', 'place')).out).toMatch(/^Usage: clearway place ACCOUNT/);
    expect((await clearway('help', 'audit')).out).toContain('audit search');
    expect((await clearway('saga', 'retry', '--help')).out).toMatch(/^Usage: clearway saga retry ID/);
    expect(JSON.parse((await clearway('help', 'risk', '--json')).out)).toMatchObject([{ path: ['risk'] }]);
    expect(await clearway('help', 'statsu')).toMatchObject({ status: 2 });
  });

  it.each([
    ['order'],
    ['order', 'trading/0:1', '--id', 'k'],
    ['place', 'alice.main', 'buy', '1', 'AAPL'],
    ['place', 'alice.main', 'buy', '1', 'AAPL', '2', '--market'],
    ['saga', 'risk/0#1'],
    ['balances', 'alice.main', '--as-of', 'yesterday'],
    ['kill', 'engage'],
    ['kill', 'engage', '--all', '--symbol', 'AAPL'],
    ['watch', 'alice.main', '--count', '0'],
  ])('refuses %s %s %s before it looks for one', async (...args) => {
    const { status, out } = await clearway(...args, '--stack', '/nowhere/stack.json');
    expect({ status, out }).toEqual({ status: 2, out: '' });
  });

  it('completes', async () => {
    expect((await clearway('__complete', '--', 'stat')).out).toMatch(/^status\tHealth.*\nstatement\t.*\n$/);
    expect((await clearway('completion', 'bash')).out).toContain('complete -o bashdefault');
  });
});
