import { chmodSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from '@clearway/testing';
import { CHECKOUT_DIR, loadSettings, systemEnvironment } from './config';

const TEST_TIMEOUT_MS = 240_000;
const ROWS = 20_000;

/** What the last line of `replay --json` says, as far as it is looked at here. */
interface Report {
  readonly orders: number;
  readonly fills: number;
  readonly rejects: Readonly<Record<string, number>>;
  readonly ordersPerSecond: number;
  readonly invariants: Readonly<Record<string, boolean>>;
  readonly breaks: Readonly<Record<string, string>>;
  readonly auditEntries: number;
  readonly journalEvents: number;
  readonly journals: Readonly<Record<string, { readonly eventsPerCommit: number }>>;
}

const { lobsterSample } = loadSettings();
if (lobsterSample === undefined)
  process.stdout.write(
    'replay.spec: skipped, the LOBSTER sample is not here (LOBSTER_SAMPLE names the file)\n',
  );
const whenSampleIsHere = lobsterSample === undefined ? it.skip : it;

describe('a day of order flow through the running stack', () => {
  whenSampleIsHere(
    `${ROWS} rows leave every invariant whole, with no reject that the data does not explain`,
    async () => {
      const stateDir = await mkdtemp(join(tmpdir(), 'clearway-replay-'));
      chmodSync(stateDir, 0o755);
      const child = new Child({
        name: 'replay',
        command: process.execPath,
        args: [
          join(CHECKOUT_DIR, 'apps', 'replay', 'dist', 'main.js'),
          lobsterSample ?? '',
          ...['--rows', String(ROWS), '--json', '--no-color', '--state-dir', stateDir],
        ],
        env: systemEnvironment(),
      });
      try {
        child.start();
        const exit = await child.exited;
        const lines = child.lines.filter((line) => line.startsWith('{'));
        expect({ exit, tail: child.lines.slice(-5) }).toMatchObject({ exit: { code: 0 } });
        const report = JSON.parse(lines.at(-1) ?? '{}') as Report;
        expect(report.breaks).toEqual({});
        expect(Object.values(report.invariants).length).toBeGreaterThan(10);
        expect(Object.entries(report.invariants).filter(([, holds]) => !holds)).toEqual([]);
        expect(Object.keys(report.rejects).filter((reason) => reason !== 'INSTRUMENT_HALTED')).toEqual([]);
        expect(report.orders).toBeGreaterThan(ROWS / 4);
        expect(report.fills).toBeGreaterThan(0);
        expect(report.auditEntries).toBe(report.journalEvents);
        process.stdout.write(
          `replay: ${report.orders} orders, ${report.fills} fills, ${report.ordersPerSecond} orders/s, ` +
            `events a commit ${JSON.stringify(report.journals)}\n`,
        );
      } finally {
        if (child.isRunning) await child.stop('SIGINT', 30_000);
        await rm(stateDir, { recursive: true, force: true });
      }
    },
    TEST_TIMEOUT_MS,
  );
});
