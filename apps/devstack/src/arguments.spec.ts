import { parseArguments } from './arguments';

const PLACES = { cwd: '/home/ann', checkoutDir: '/srv/clearway' };

function parsed(...args: string[]) {
  const result = parseArguments(args, PLACES);
  if (!result.ok) throw new Error(result.problem);
  return result.value;
}

describe('parseArguments', () => {
  it('keeps everything in the checkout, whatever folder it is started from', () => {
    expect(parsed()).toEqual({
      help: false,
      simulate: true,
      stateDir: '/srv/clearway/.clearway',
      dataDir: '/srv/clearway/.clearway/postgres',
      portsFrom: 7001,
      colour: true,
      logLevel: 'info',
    });
  });

  it.each([
    [['--no-sim'], { simulate: false }],
    [['--no-color'], { colour: false }],
    [['--ports-from', '0'], { portsFrom: 0 }],
    [['--ports-from=9001'], { portsFrom: 9001 }],
    [['--state-dir', 'x'], { stateDir: '/home/ann/x', dataDir: '/home/ann/x/postgres' }],
    [['--data-dir', '/big/disk'], { stateDir: '/srv/clearway/.clearway', dataDir: '/big/disk' }],
    [['--log-level', 'debug'], { logLevel: 'debug' }],
    [['-h'], { help: true }],
  ])('%j', (args, expected) => expect(parsed(...args)).toMatchObject(expected));

  it.each([
    [['--ports-from', '70000'], '--ports-from takes'],
    [['--ports-from', 'x'], '--ports-from takes'],
    [['--ports-from', '1.5'], '--ports-from takes'],
    [['--log-level', 'loud'], '--log-level takes'],
    [['--nosim'], "Unknown option '--nosim'"],
    [['start'], "Unexpected argument 'start'"],
  ])('%j is refused in words', (args, problem) => {
    expect(parseArguments(args, PLACES)).toMatchObject({
      ok: false,
      problem: expect.stringContaining(problem),
    });
  });
});
