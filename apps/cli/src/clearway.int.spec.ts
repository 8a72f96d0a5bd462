import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureDevelopmentPki } from '@clearway/platform-pki';
import { Child, until } from '@clearway/testing';
import { CHECKOUT_DIR, LAUNCHER } from './config';
import { run } from './run';

interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Any JSON document, taken apart by its keys; `listIn` gives what is a list. */
interface Json {
  readonly [key: string]: Json | undefined;
}

function listIn(value: Json | undefined): readonly Json[] {
  return (value ?? []) as unknown as readonly Json[];
}

function textIn(value: Json | undefined): string {
  return value as unknown as string;
}

const DEVSTACK = join(CHECKOUT_DIR, 'apps', 'devstack', 'dist', 'main.js');
const READY = '{"event":"ready"';

describe('clearway against a running stack', () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'clearway-cli-'));
  const stackFile = join(stateDir, 'stack.json');
  const args = ['--no-sim', '--ports-from', '0', '--state-dir', stateDir, '--no-color'];
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME };
  const devstack = new Child({ name: 'devstack', command: process.execPath, args: [DEVSTACK, ...args], env });

  beforeAll(async () => {
    devstack.start();
    await until('the stack to be ready', () => devstack.lines.some((line) => line.startsWith(READY)), {
      timeoutMs: 28_000,
    });
  });

  afterAll(async () => {
    await devstack.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  async function clearway(...words: readonly string[]): Promise<Run> {
    const texts = { out: '', err: '' };
    const status = await run(['--stack', stackFile, ...words], {
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

  /** The one document that a command prints with --json; the status must be the one expected. */
  async function json(words: string, expectedStatus = 0): Promise<Json> {
    const { status, out, err } = await clearway(...words.split(' '), '--json');
    expect({ words, status, err, out: status === expectedStatus ? '' : out }).toEqual({
      words,
      status: expectedStatus,
      err: '',
      out: '',
    });
    return JSON.parse(out) as Json;
  }

  /** The text that a command prints without --json. */
  async function text(words: string, expectedStatus = 0): Promise<string> {
    const { status, out, err } = await clearway(...words.split(' '));
    expect({ words, status, err: status === expectedStatus ? '' : err }).toEqual({
      words,
      status: expectedStatus,
      err: '',
    });
    return out || err;
  }

  function signalService(service: string, signal: NodeJS.Signals): void {
    const record = JSON.parse(readFileSync(join(stateDir, 'run', `${service}.pid.json`), 'utf8')) as {
      pid: number;
    };
    process.kill(record.pid, signal);
  }

  const whenNoSagaLives = () =>
    until('all sagas to end', async () => (await clearway('sagas')).out.match(/: 0 live/g)?.length === 2);

  describe('sees', () => {
    it('status', async () => {
      await whenNoSagaLives();
      const summary = await until('audit to catch up', async () => {
        const { out } = await clearway('status', '--json');
        return out.includes('"unauditedEvents": 0') && (JSON.parse(out) as Json);
      });
      expect(summary).toMatchObject({ ok: true, problems: [] });
      expect(summary.services).toMatchObject(
        ['trading', 'risk', 'clearing', 'audit'].map((service) => ({
          service,
          health: 'serving',
          shard: `${service}/0`,
        })),
      );
      expect(await text('status')).toMatch(
        /trading +127\.0\.0\.1:\d+ +serving +trading\/0 +\d+ +0 +0 +\d+ hold/,
      );
    });

    it('book and trades', async () => {
      const book = await json('book AAPL --depth 3');
      expect(book).toMatchObject({ symbol: 'AAPL', hash: expect.stringMatching(/^[0-9a-f]{16}$/) });
      expect(await text('book AAPL')).toMatch(/AAPL OPEN, \d+ orders, hash [0-9a-f]{16}/);
      expect(await json('trades AAPL --limit 2')).toHaveProperty('trades');
      expect(await text('trades AAPL')).toMatch(/AAPL was not traded|TAKER/);
    });

    it('instruments', async () => {
      const { instruments } = await json('instruments');
      expect(instruments).toContainEqual(
        expect.objectContaining({ symbol: 'AAPL', tradingStatus: 'TRADING_STATUS_OPEN' }),
      );
      expect(await text('instruments')).toMatch(/AAPL +AAPL\/USD +0\.01 +1 .*OPEN/);
    });

    it('limits', async () => {
      expect((await json('limits --account alice.main --symbol AAPL')).limits).toMatchObject({
        ordersPerMinuteMax: 100,
      });
      expect(await text('limits')).toContain('orders per minute  100');
    });

    it('what a participant may see', async () => {
      expect(await text('orders alice.main --as alice')).toBe('alice.main has no orders.\n');
      const foreign = await json('orders bob.main --as alice', 1);
      expect(foreign.error).toMatchObject({
        reason: 'NOT_YOUR_ACCOUNT',
        status: 'PERMISSION_DENIED',
        retry: 'never',
      });
      expect(await text('sagas --as alice', 1)).toContain(
        'METHOD_NOT_ALLOWED (PERMISSION_DENIED) from ListSagas of ',
      );
      expect(await text('orders alice.main --as alcie', 2)).toContain('Did you mean “alice”?');
    });
  });

  describe('trades', () => {
    it('cancels many orders at once', async () => {
      await json('place alice.main buy 1 MSFT 420.00 --tif gtc --id mass-1');
      await json('place alice.main buy 1 MSFT --market --stop 440.00 --tif gtc --id mass-2');
      expect(await json('mass-cancel --account alice.main')).toEqual({ canceledOrders: '2' });
      expect(await text('mass-cancel', 1)).toContain('must be named');
    });

    it('places, shows, lists and cancels an order', async () => {
      const placed = await json('place alice.main buy 10 AAPL 229.50 --tif gtc --id k1');
      expect(placed).toMatchObject({ duplicate: false, fills: [] });
      expect(placed.order).toMatchObject({ clOrdId: 'k1', ordStatus: 'ORD_STATUS_NEW', leavesQty: '10' });
      const id = textIn(placed.order?.orderId);
      expect(await text('place alice.main buy 10 AAPL 229.50 --tif gtc --id k1')).toContain(
        'This key was used before',
      );
      const reused = await json('place alice.main buy 11 AAPL 229.50 --tif gtc --id k1', 1);
      expect(reused.error).toMatchObject({ reason: 'CL_ORD_ID_REUSED', status: 'ALREADY_EXISTS' });

      expect((await json(`order ${id}`)).order).toMatchObject({ orderId: id });
      expect(await text('order --account alice.main --id k1')).toContain('BUY 10 AAPL at 229.50, LIMIT GTC');
      expect((await json('orders alice.main --open')).orders).toHaveLength(1);
      expect(await text('orders alice.main --open')).toMatch(
        /k1 +AAPL +BUY +LIMIT +GTC +10 +229\.50 +0 +NEW/,
      );

      const replaced = await json(`replace ${id} --qty 5 --new-id rep-1`);
      expect(replaced).toMatchObject({ outcome: 'REPLACE_OUTCOME_REPLACED', order: { orderQty: '5' } });
      expect(await text(`replace ${id}`, 2)).toContain('Say what is to change');
      expect(await json(`cancel ${id}`)).toMatchObject({ outcome: 'CANCEL_OUTCOME_CANCELED' });
      expect(await text(`cancel ${id}`, 1)).toContain('Too late');
      expect(await text(`orders alice.main --open`)).toBe('alice.main has no open orders.\n');
      expect(await json('order trading/0:999', 1)).toMatchObject({ error: { reason: 'UNKNOWN_ORDER' } });
    });

    it('trades at the market, and tells why an order was rejected', async () => {
      await text('place bob.main sell 4 AAPL 230.00');
      const bought = await json('place alice.main buy 4 AAPL --market');
      expect(bought.order).toMatchObject({
        ordStatus: 'ORD_STATUS_FILLED',
        avgPx: expect.stringMatching(/^230\.0/),
      });
      expect(bought.fills).toMatchObject([{ lastQty: '4', lastPx: '230.00', maker: false }]);
      expect(await text('place alice.main buy 4 AAPL 500.00', 1)).toMatch(
        /status +REJECTED[\s\S]*PRICE_DEVIATION Price/,
      );
      expect(await text('place alice.main buy x AAPL 230.00', 1)).toContain(
        'FIELD_INVALID (INVALID_ARGUMENT)',
      );
    });

    it('watches', async () => {
      await text('place alice.main buy 1 AAPL 229.00 --id w1');
      const watching = json('watch alice.main --count 2');
      // On a busy machine an answer may come too late for the command, and the next one finds the order gone.
      await until('the order to be canceled', async () => {
        const { status, out } = await clearway('cancel', '--account', 'alice.main', '--id', 'w1');
        return status === 0 || out.includes('Too late');
      });
      const reports = await watching;
      expect(listIn(reports).map(({ execType }) => execType)).toEqual([
        'EXEC_TYPE_ORDER_STATUS',
        'EXEC_TYPE_CANCELED',
      ]);
      expect(await text('watch alice.main --for 1')).toMatch(/^AT \(UTC\) +REPORT +ORDER/);
      expect(await json('watch alice.main --for 1')).toEqual([]);
    });

    it('halts and resumes', async () => {
      expect(await text('halt MSFT')).toBe('MSFT is halted; cancels pass.\n');
      expect(await text('place alice.main buy 1 MSFT 430.00', 1)).toContain('INSTRUMENT_HALTED');
      expect((await json('resume MSFT')).instrument).toMatchObject({ tradingStatus: 'TRADING_STATUS_OPEN' });
      expect(await json('halt NOPE', 1)).toMatchObject({ error: { reason: 'UNKNOWN_SYMBOL' } });
    });

    it('kills, and releases with a second operator alone', async () => {
      await text('place alice.main buy 1 BTC 60000');
      const engaged = await json('kill engage --symbol BTC --note test');
      expect(engaged.killSwitch).toMatchObject({
        scope: { instrument: 'BTC' },
        canceledOrders: '1',
        note: 'test',
      });
      expect(await text('place alice.main buy 1 BTC 60000', 1)).toContain('KILL_SWITCH');
      expect(await text('kill list')).toMatch(/instrument BTC .*operator\/admin/);
      expect(await text('kill release --symbol BTC')).toContain('Another operator confirms it');
      expect(await text('kill confirm --symbol BTC', 1)).toContain('SECOND_PERSON_NEEDED');
      const second = { kind: 'operator', name: 'second' } as const;
      const [paths] = [...(await ensureDevelopmentPki(join(stateDir, 'pki'), [second])).values()];
      expect(await json(`kill confirm --symbol BTC --cert ${paths?.cert} --key ${paths?.key}`)).toEqual({});
      expect(await json('kill list')).toEqual({ killSwitches: [] });
    });
  });

  describe('moves funds and restricts', () => {
    it('deposits and withdraws', async () => {
      expect(await json('deposit carol.main 10.50 USD --id d1')).toMatchObject({
        transfer: { amount: '10.50', status: 'TRANSFER_STATUS_COMPLETED' },
        duplicate: false,
      });
      expect(await text('deposit carol.main 10.50 USD --id d1')).toContain('This key was used before');
      expect(await text('withdraw carol.main 0.50 USD')).toMatch(/withdrawal +0\.50 USD\nstatus +COMPLETED/);
      expect(await text('withdraw carol.main 99999999999 USD', 1)).toContain('INSUFFICIENT_FUNDS');
      expect(await json('deposit carol.main 1 XYZ', 1)).toMatchObject({ error: { reason: 'UNKNOWN_ASSET' } });
    });

    it('shows balances, statement and risk', async () => {
      expect((await json('balances carol.main')).balances).toContainEqual({
        asset: 'USD',
        amount: '10000010.00',
      });
      expect(await text('balances carol.main --as-of 1d')).toContain('has no balances as of');
      expect((await json('statement carol.main --asset USD --limit 2')).postings).toHaveLength(2);
      expect(await text('statement carol.main --asset USD')).toMatch(
        /WITHDRAWAL .* debit +0\.50 +10000010\.00/,
      );
      expect((await json('risk carol.main')).funds).toContainEqual(
        expect.objectContaining({ asset: 'USD', total: '10000010.00' }),
      );
      expect(await text('risk carol.main')).toMatch(/frozen +no/);
    });

    it('freezes and unfreezes', async () => {
      expect(await text('freeze carol.main --note test')).toBe('carol.main is frozen.\n');
      expect(await text('balances carol.main')).toContain('The account is frozen.');
      expect(await json('unfreeze carol.main')).toEqual({ account: 'carol.main', frozen: false });
    });

    it('sets limits and the blacklist', async () => {
      const set = await json(
        'limits set --account carol.main --symbol AAPL --order-qty 5 --orders-per-minute any',
      );
      expect(set.limits).toMatchObject({ orderQtyMax: '5', ordersPerMinuteMax: 4_294_967_295 });
      expect(await text('limits --account carol.main --symbol AAPL')).toContain('any number');
      expect(await text('place carol.main buy 6 AAPL 230.00', 1)).toContain('ORDER_SIZE');
      expect(await text('blacklist add carol --note test')).toBe('carol is on the blacklist.\n');
      expect(await text('place carol.main buy 1 AAPL 230.00', 1)).toContain('BLACKLISTED');
      expect(await json('blacklist remove carol')).toEqual({ participant: 'carol', blacklisted: false });
    });
  });

  describe('proves', () => {
    it('reconciles', async () => {
      await whenNoSagaLives();
      expect(await text('reconcile')).toMatch(/All \d+ invariants hold\.\n$/);
      expect(await json('reconcile --wait 10')).toMatchObject({ holds: true });
    });

    it('searches the audit log and prints its checkpoint', async () => {
      const found = await json(
        'audit search --account carol.main --actor operator/admin --action TransferRequested --from 1h',
      );
      expect(listIn(found.entries).length).toBeGreaterThanOrEqual(3);
      expect(listIn(found.entries)[0]).toMatchObject({
        action: 'TransferRequested',
        account: 'carol.main',
        result: 'ACCEPTED',
      });
      const resource = textIn(listIn(found.entries)[0]?.resource);
      expect(await text(`audit search --resource ${resource} --limit 1`)).toContain(
        'The first 1; --limit shows more.',
      );
      expect(await text('audit search --to 2020-01-01')).toBe('The audit log has no such entries.\n');
      expect((await json('audit checkpoint')).verifierKey).toMatch(/\+[0-9a-f]{8}\+/);
      expect(await text('audit checkpoint')).toMatch(/\n\d+\n[\s\S]*\nverifier key /);
    });

    it("shows an ended saga's timeline", async () => {
      const { timeline } = await json('saga trading/0#1');
      expect(listIn(timeline).at(-1)).toMatchObject({ resource: 'saga/trading/0:1' });
      expect(await text('saga saga/trading/0:1')).toContain('trading/0#1 has ended.');
      expect(await json('saga trading/0#99999', 1)).toMatchObject({ error: { reason: 'UNKNOWN_SAGA' } });
    });
  });

  describe('steers sagas', () => {
    it('compensates an order that waits for risk', async () => {
      signalService('risk', 'SIGSTOP');
      const placing = text('place alice.main buy 3 AAPL 229.00', 1);
      const [saga] = await until('the saga to wait', async () => {
        const { hosts } = await json('sagas --host trading');
        const sagas = listIn(listIn(hosts)[0]?.sagas);
        return sagas.length === 1 && sagas;
      });
      expect(saga).toMatchObject({ kind: 'PlaceOrder', status: 'SAGA_STATUS_RUNNING' });
      const id = textIn(saga?.sagaId);
      expect(await text('sagas --host trading')).toMatch(/PlaceOrder .*RUNNING +\S+ at risk/);
      expect((await json(`saga ${id}`)).live).toMatchObject({ sagaId: id });
      expect((await json(`saga compensate ${id}`)).saga).toMatchObject({
        status: 'SAGA_STATUS_COMPENSATING',
      });
      signalService('risk', 'SIGCONT');
      expect(await placing).toContain('OPERATOR_COMPENSATED');
      await whenNoSagaLives();
    });

    it('retries a settlement that waits for clearing, which status misses', async () => {
      signalService('clearing', 'SIGSTOP');
      await text('place bob.main sell 2 AAPL 230.00');
      await text('place alice.main buy 2 AAPL 230.00');
      const { hosts } = await json('sagas --host trading');
      const id = textIn(
        listIn(listIn(hosts)[0]?.sagas).find(({ kind }) => textIn(kind) === 'SettleTrade')?.sagaId,
      );
      expect(await text(`saga ${id}`)).toMatch(/settleBuyLeg \(pivot\) +clearing +RUNNING/);
      expect((await json(`saga retry ${id}`)).saga).toMatchObject({ sagaId: id });
      const status = await json('status --timeout 0.5', 1);
      expect(listIn(status.services)[2]).toMatchObject({ service: 'clearing', health: 'unreachable' });
      signalService('clearing', 'SIGCONT');
      await whenNoSagaLives();
    });
  });

  describe('as a program', () => {
    const launch = promisify(execFile);

    it('starts by its launcher, and prints what it printed here', async () => {
      // jest asks its own children for colours.
      const env = { ...process.env, FORCE_COLOR: '' };
      const { stdout } = await launch(LAUNCHER, ['instruments', '--stack', stackFile], { env });
      expect(stdout).toBe(await text('instruments'));
    });

    it('ends with 3 when a service is not reachable', async () => {
      const description = JSON.parse(readFileSync(stackFile, 'utf8')) as { services: Record<string, string> };
      const elsewhere = join(stateDir, 'elsewhere.json');
      writeFileSync(
        elsewhere,
        JSON.stringify({ ...description, services: { ...description.services, trading: '127.0.0.1:1' } }),
      );
      const placing = [
        'place',
        'alice.main',
        'buy',
        '1',
        'AAPL',
        '230.00',
        '--timeout',
        '2',
        '--stack',
        elsewhere,
      ];
      const failed = await launch(LAUNCHER, placing).catch(
        (error: { code: number; stderr: string }) => error,
      );
      expect(failed).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('trading at 127.0.0.1:1 gave no answer'),
      });
      expect(failed.stderr).toMatch(
        /Try the same again with --id cli-\S+: with the same key nothing is done twice\./,
      );
    });

    it('completes in bash', async () => {
      const script = [
        `eval "$('${LAUNCHER}' completion bash)"`,
        `export CLEARWAY_STACK='${stackFile}'`,
        'COMP_WORDS=(clearway orders al); COMP_CWORD=2; _clearway; declare -p COMPREPLY',
        'COMP_WORDS=(clearway saga ""); COMP_CWORD=2; _clearway; declare -p COMPREPLY',
      ].join('\n');
      const { stdout } = await launch('bash', ['-c', script]);
      expect(stdout.trim().split('\n')).toEqual([
        'declare -a COMPREPLY=([0]="alice.main")',
        'declare -a COMPREPLY=([0]="retry" [1]="compensate")',
      ]);
    });
  });
});
