#!/usr/bin/env node
import { resolve } from 'node:path';
import { type CommandRun, runCommand, UsageError } from '@clearway/platform-command';
import { readLobsterSample } from '@clearway/platform-feeds';
import { type OwnStack, readStackFile, runningStackFile, startOwnStack } from '@clearway/platform-stack';
import { createColors } from 'picocolors';
import { parseArguments, type ReplayArguments, USAGE } from './arguments';
import { buildPlan } from './plan/build-plan';
import type { ReplayPlan } from './plan/replay-command';
import { replay } from './replay';
import { closingTable } from './report/closing-table';
import { isSound } from './report/replay-report';

/** From `apps/replay/dist` to the checkout, whatever folder the command is started from. */
const CHECKOUT_DIR = resolve(__dirname, '..', '..', '..');

function main({ args, signal }: CommandRun): Promise<number> {
  const parsed = parseArguments(args, process.cwd());
  if (!parsed.ok) throw new UsageError(parsed.problem);
  return run(parsed.value, signal);
}

async function run(wishes: ReplayArguments, signal: AbortSignal): Promise<number> {
  say(`Reading ${wishes.file}`);
  const sample = await readLobsterSample(wishes.file, wishes.rowsMax);
  const plan = buildPlan(sample, wishes.participantCount);
  describe(plan, sample.messages.length);
  const running = wishes.stackFile ?? (wishes.stateDir ? undefined : runningStackFile(CHECKOUT_DIR));
  const own = running === undefined ? await ownStack(wishes.stateDir) : undefined;
  try {
    signal.throwIfAborted();
    const stack = readStackFile(running ?? own?.stackFile ?? '');
    const { symbol, colour } = wishes;
    const rows = sample.messages.length;
    const progress = process.stderr;
    const report = await replay(stack, { plan, rows, symbol, isAlone: own !== undefined, progress, signal });
    const isColoured = colour && process.stdout.isTTY && !process.env.NO_COLOR;
    process.stdout.write(closingTable(report, createColors(isColoured)));
    if (wishes.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    return isSound(report) ? 0 : 1;
  } finally {
    if (own) say('Stopping the stack');
    await own?.stop();
  }
}

async function ownStack(stateDir: string | undefined): Promise<OwnStack> {
  say('No stack is running: starting one without a simulator');
  return startOwnStack(CHECKOUT_DIR, stateDir);
}

function describe({ commands, figures }: ReplayPlan, rows: number): void {
  say(`${rows} rows make ${commands.length} commands of order entry`);
  if (figures.bookRowsCompared > 0) {
    const differing = figures.bookRowsDiffering;
    say(
      `the planned book is the data's after ${figures.bookRowsCompared - differing} of ${figures.bookRowsCompared} steps`,
    );
  }
}

/** Words on the way go to stderr, so that stdout is the table and the object. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

runCommand({ name: 'replay', usage: USAGE, run: main });
