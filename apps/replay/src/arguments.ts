import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PARTICIPANTS_MIN } from './plan/plan-writer';

/** What the command line asks for. Paths are absolute. */
export interface ReplayArguments {
  readonly file: string;
  /** How many rows of the file are replayed, the first one included. */
  readonly rowsMax: number;
  /** Whether the last line is the report as one JSON object. */
  readonly json: boolean;
  /** Instrument to replay on; a fresh one when undefined. */
  readonly symbol: string | undefined;
  readonly participantCount: number;
  /** The `stack.json` to use; when undefined, that of the checkout, or else a stack of its own. */
  readonly stackFile: string | undefined;
  /** Where a stack of its own keeps its state; a folder that is removed afterwards when undefined. */
  readonly stateDir: string | undefined;
  readonly colour: boolean;
}

/** The arguments, or one sentence about what is wrong with them. */
export type ParsedArguments =
  | { readonly ok: true; readonly value: ReplayArguments }
  | { readonly ok: false; readonly problem: string };

/** As many participants as the development stack has certificates for replays. */
export const PARTICIPANTS_MAX = 8;

/** The help text of the command. */
export const USAGE = `Usage: npm run replay -- FILE [options]

Replays a LOBSTER sample (a zip, or a message csv with its orderbook csv beside it) through order entry of the running
stack, or of one that it starts and stops itself, then checks every invariant.

  --rows N           replay only the first N rows
  --json             print the report as one JSON object on the last line too
  --symbol SYMBOL    replay on this instrument (default: a fresh one, AMZN-R1, AMZN-R2 …)
  --participants N   trade as N participants, ${PARTICIPANTS_MIN} to ${PARTICIPANTS_MAX} (default ${PARTICIPANTS_MAX}); the last two take, the others make
  --stack FILE       use the stack that this stack.json describes
  --state-dir DIR    where a stack of its own keeps its data (default: a temporary folder)
  --no-color         plain text
  --help             this text
`;

const OPTIONS = {
  rows: { type: 'string' },
  json: { type: 'boolean' },
  symbol: { type: 'string' },
  participants: { type: 'string' },
  stack: { type: 'string' },
  'state-dir': { type: 'string' },
  'no-color': { type: 'boolean' },
} as const;

const SYMBOL = /^[A-Z0-9.-]{1,20}$/;

/** Reads the command line; relative paths start from `cwd`. */
export function parseArguments(args: readonly string[], cwd: string): ParsedArguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: OPTIONS,
      strict: true,
      allowPositionals: true,
    });
    const problem = problemOf(values, positionals);
    if (problem) return { ok: false, problem };
    const path = (text: string | undefined): string | undefined =>
      text === undefined ? undefined : resolve(cwd, text);
    return {
      ok: true,
      value: {
        file: resolve(cwd, positionals[0] ?? ''),
        rowsMax: Number(values.rows ?? Number.POSITIVE_INFINITY),
        json: values.json ?? false,
        symbol: values.symbol,
        participantCount: Number(values.participants ?? PARTICIPANTS_MAX),
        stackFile: path(values.stack),
        stateDir: path(values['state-dir']),
        colour: !(values['no-color'] ?? false),
      },
    };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

type Values = Partial<Record<keyof typeof OPTIONS, string | boolean>>;

function problemOf(values: Values, positionals: readonly string[]): string | undefined {
  if (positionals.length !== 1) return 'Name one FILE to replay.';
  if (values.rows !== undefined && !isWhole(values.rows, 1, Number.MAX_SAFE_INTEGER))
    return '--rows takes a whole number from 1 on.';
  if (values.participants !== undefined && !isWhole(values.participants, PARTICIPANTS_MIN, PARTICIPANTS_MAX))
    return `--participants takes a whole number from ${PARTICIPANTS_MIN} to ${PARTICIPANTS_MAX}.`;
  if (values.symbol !== undefined && !SYMBOL.test(String(values.symbol)))
    return '--symbol takes 1 to 20 of A-Z 0-9 . -';
  return undefined;
}

function isWhole(text: string | boolean, least: number, most: number): boolean {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= least && value <= most;
}
