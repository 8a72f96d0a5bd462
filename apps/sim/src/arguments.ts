import { parseArgs } from 'node:util';
import { STEPS_DEFAULT } from './simulation';

/** What the command line asks for. */
export interface SimArguments {
  /** The first seed, and how many follow it, itself included. */
  readonly firstSeed: number;
  readonly seeds: number;
  /** Steps with faults, of each seed. */
  readonly steps: number;
  /** The last line is JSON. */
  readonly isJson: boolean;
}

/** The arguments, or one sentence about what is wrong with them. */
export type ParsedArguments =
  | { readonly ok: true; readonly value: SimArguments }
  | { readonly ok: false; readonly problem: string };

/** The help text of the command. */
export const USAGE = `Usage: npm run sim -- [options]

Runs trading, risk, clearing and audit under a seeded scheduler, with faults, and checks every invariant after every step.

  --seeds N    how many seeds to run (default 100; 1 when --seed is given)
  --seed S     the first seed (default 1)
  --steps M    steps with faults of each seed (default ${STEPS_DEFAULT}); then the system must come to rest
  --json       print the result as JSON in the last line
  --help       this text
`;

const SEEDS_DEFAULT = 100;
const WHOLE_MAX = 2 ** 31;

/** Reads the command line; `args` is what follows the script's name. */
export function parseArguments(args: readonly string[]): ParsedArguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: OPTIONS,
      strict: true,
      allowPositionals: false,
    });
    const isGiven = values.seed !== undefined;
    const whole = (text: string | undefined, otherwise: number): number => Number(text ?? otherwise);
    const firstSeed = whole(values.seed, 1);
    const seeds = whole(values.seeds, isGiven ? 1 : SEEDS_DEFAULT);
    const steps = whole(values.steps, STEPS_DEFAULT);
    for (const [name, value] of Object.entries({ seed: firstSeed, seeds, steps }))
      if (!Number.isInteger(value) || value < 1 || value > WHOLE_MAX)
        return { ok: false, problem: `--${name} takes a whole number from 1 on.` };
    const isJson = values.json ?? false;
    return { ok: true, value: { firstSeed, seeds, steps, isJson } };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

const OPTIONS = {
  seeds: { type: 'string' },
  seed: { type: 'string' },
  steps: { type: 'string' },
  json: { type: 'boolean' },
} as const;
