import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const FIXTURE = join(__dirname, 'fixtures', 'command.cjs');
const BETWEEN_SIGNALS_MS = 100;

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the fixture; sends the signals, one after the other, once it is ready. */
async function ends(
  args: readonly string[],
  signals: readonly NodeJS.Signals[] = [],
  settings: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const env = { ...process.env, ...settings };
  const child = spawn(process.execPath, [FIXTURE, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let [out, err] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (out === '' && text.startsWith('ready')) void kill();
    out += text;
  });
  const kill = async (): Promise<void> => {
    for (const signal of signals) {
      child.kill(signal);
      await sleep(BETWEEN_SIGNALS_MS);
    }
  };
  const [status] = (await closed) as [number | null];
  return { status, out, err };
}

const ENDS: [how: string, ended: Ended][] = [
  ['ok', { status: 0, out: '', err: '' }],
  ['checked', { status: 1, out: '', err: '' }],
  ['broken', { status: 1, out: '', err: 'try: it broke\n' }],
  ['brokenTwice', { status: 1, out: '', err: 'try: one; two\n' }],
  ['misused', { status: 2, out: '', err: 'try: --how takes a way (--help says more)\n' }],
  ['parsed --wrong', { status: 2, out: '', err: "try: Unknown option '--wrong' (--help says more)\n" }],
  ['broken --help', { status: 0, out: 'Usage: try HOW\n', err: '' }],
  ['broken -h', { status: 0, out: 'Usage: try HOW\n', err: '' }],
  ['open', { status: 0, out: '', err: '' }],
  ['stuck', { status: 1, out: '', err: '' }],
];

it.each(ENDS)('%s ends as it should', async (how, ended) => {
  expect(await ends(how.split(' '))).toEqual(ended);
});

it('a command may say by another status that it could not do its work', async () => {
  expect(await ends(['broken'], [], { FAILED_STATUS: '3' })).toMatchObject({ status: 3 });
});

it('all that was written arrives', async () => {
  expect((await ends(['writing'])).out).toHaveLength(1_000_001);
});

const INTERRUPTED: [how: string, signals: NodeJS.Signals[], ended: Ended][] = [
  ['sleeping', ['SIGINT'], { status: 130, out: 'ready\n', err: '' }],
  ['sleeping', ['SIGTERM'], { status: 130, out: 'ready\n', err: '' }],
  ['listening', ['SIGINT'], { status: 130, out: 'ready\ntidied\n', err: '' }],
  ['deaf', ['SIGINT', 'SIGINT'], { status: 130, out: 'ready\n', err: '' }],
];

it.each(INTERRUPTED)('%s is ended by %j', async (how, signals, ended) => {
  expect(await ends([how], signals)).toEqual(ended);
});

it('a reader that stops reading is no error', async () => {
  const child = spawn('sh', ['-c', `"${process.execPath}" "${FIXTURE}" writing | head -c 10`], {
    stdio: 'pipe',
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  await once(child, 'close');
  expect(err).toBe('');
});
