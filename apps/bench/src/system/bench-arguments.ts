import { parseArgs } from 'node:util';
import { wholeNumber } from '@clearway/platform-command';

/** What the bench is asked for. */
export interface BenchArguments {
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly json: boolean;
  readonly accounts: number;
  readonly instruments: number;
  /** Orders unanswered at a time over all streams at full load. */
  readonly window: number;
  /** Orders as unary calls instead of on streams. */
  readonly isUnary: boolean;
  /** Time between the points that tell how figures grow. */
  readonly intervalSeconds: number;
  /** Use a running stack instead of a fresh one; its figures then include whatever else it does. */
  readonly stackFile: string | undefined;
  /** Run the peers afterwards, on the same Postgres. */
  readonly withPeers: boolean;
}

const DEFAULTS = { seconds: '60', 'warm-up': '20', accounts: '1000', instruments: '10', window: '2000' };

const GROWTH_POINTS = 6;

/** How to call it. */
export const BENCH_USAGE = `Usage: npm run bench -- [options]

Durable orders a second through mutual TLS: every order risk-held, matched, cleared by double entry and audited, fsync on, with the
load generator on the same machine; then the latencies at half of that rate. Invariants are checked at the end, and the run is
void when one does not hold.

  --seconds S      measured time of each phase (default 60)
  --warm-up S      unmeasured time before, until V8 has compiled what is hot (default 20)
  --accounts N     accounts that trade (default 1000)
  --instruments N  instruments (default 10)
  --unary          a unary call for each order instead of streams
  --interval S     time between the points that tell how memory, bytes and latencies grow (default a sixth of --seconds)
  --window N       unanswered orders over all streams at full load (default 2000)
  --peers          afterwards, a four-step saga the naive way and on DBOS Transact, on the same Postgres, and the ratios to them
  --stack FILE     use the stack of this stack.json instead of a fresh one
  --json           one object on the last line
`;

/** Reads the command line; throws a UsageError, or an error of parseArgs, for what is wrong. */
export function parseBenchArguments(args: readonly string[]): BenchArguments {
  const text = (name: keyof typeof DEFAULTS) => ({ type: 'string', default: DEFAULTS[name] }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: text('seconds'),
      'warm-up': text('warm-up'),
      accounts: text('accounts'),
      instruments: text('instruments'),
      window: text('window'),
      unary: { type: 'boolean', default: false },
      interval: { type: 'string' },
      stack: { type: 'string' },
      peers: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const seconds = wholeNumber('--seconds', values.seconds, { max: 3_600 });
  const interval = values.interval ?? String(Math.max(1, Math.round(seconds / GROWTH_POINTS)));
  return {
    seconds,
    isUnary: values.unary,
    intervalSeconds: wholeNumber('--interval', interval, { max: 3_600 }),
    warmUpSeconds: wholeNumber('--warm-up', values['warm-up'], { max: 600 }),
    json: values.json,
    accounts: wholeNumber('--accounts', values.accounts, { max: 100_000 }),
    instruments: wholeNumber('--instruments', values.instruments, { max: 1_000 }),
    window: wholeNumber('--window', values.window, { max: 20_000 }),
    stackFile: values.stack,
    withPeers: values.peers,
  };
}
