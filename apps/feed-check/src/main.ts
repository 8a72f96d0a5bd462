/**
 * `npm run feed:check -- FILE…`: rebuilds the book from each file's messages and compares it with the order book file row by
 * row (LOBSTER), proves every message possible (NASDAQ ITCH 5.0), or adds a file of trades up. Exits with 1 if anything differs.
 */
import { type CommandRun, runCommand, UsageError } from '@clearway/platform-command';
import { checkItch } from './check-itch';
import { checkLobster } from './check-lobster';
import { checkTrades } from './check-trades';
import { type FeedKind, feedKindOf } from './feed-kind';

const USAGE = `Usage: npm run feed:check -- FILE…

Checks files of market data: LOBSTER (.zip or message .csv), NASDAQ ITCH 5.0, trades (.csv). Exit status 1 if anything differs.
`;

type Check = (file: string) => Promise<boolean>;

const CHECKS: Readonly<Record<FeedKind, Check>> = {
  lobster: async (file) => {
    const check = await checkLobster(file);
    const isRight = check.equalRows === check.rows;
    say(
      file,
      isRight,
      `${grouped(check.equalRows)} of ${grouped(check.rows)} rows equal at all ${check.levels} levels; at the window's edge ` +
        `${grouped(check.adopted)} levels adopted, ${grouped(check.forgotten)} forgotten; ` +
        `${grouped(check.unnamed)} messages about orders from before`,
    );
    for (const fault of check.faults) console.log(`  ${fault}`);
    return isRight;
  },
  itch: async (file) => {
    const check = await checkItch(file);
    const isRight = check.faultCount === 0;
    say(
      file,
      isRight,
      `${grouped(check.messages)} messages, ${grouped(check.books)} books, ${grouped(check.openOrders)} orders rest at the end, ` +
        `${grouped(check.faultCount)} impossible, ${grouped(check.unknown)} of unknown type`,
    );
    console.log(`  ${[...check.byType].map(([type, count]) => `${type} ${grouped(count)}`).join(', ')}`);
    for (const fault of check.faults) console.log(`  ${fault}`);
    return isRight;
  },
  trades: async (file) => {
    const check = await checkTrades(file);
    const isRight = check.idsOutOfOrder + check.timesOutOfOrder === 0;
    say(
      file,
      isRight,
      `${grouped(check.trades)} trades (${grouped(check.buys)} bought, ${grouped(check.sells)} sold), quantity ` +
        `${check.quantity}, turnover ${check.turnover}; out of order: ${check.idsOutOfOrder} ids, ${check.timesOutOfOrder} times`,
    );
    return isRight;
  },
};

async function main({ args: files }: CommandRun): Promise<number> {
  if (files.length === 0) throw new UsageError('name the files to check');
  let status = 0;
  for (const file of files) if (!(await checkFile(file))) status = 1;
  return status;
}

async function checkFile(file: string): Promise<boolean> {
  const kind = feedKindOf(file);
  if (kind === undefined) {
    say(file, false, 'the name does not say what it is');
    return false;
  }
  try {
    return await CHECKS[kind](file);
  } catch (error) {
    say(file, false, (error as Error).message);
    return false;
  }
}

function say(file: string, isRight: boolean, what: string): void {
  console.log(`${isRight ? 'PASS' : 'FAIL'} ${file}: ${what}`);
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

runCommand({ name: 'feed:check', usage: USAGE, run: main });
