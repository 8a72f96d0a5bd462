import type { Answer } from '../output/answer';
import type { CommandCall } from './command-call';

/** What the shell may suggest for a value: accounts and participants stand in `stack.json`, files are the shell's own. */
export type Suggestion = 'account' | 'participant' | 'file';

/** A word that stands at its place, for example an account. */
export interface Positional {
  readonly name: string;
  readonly optional?: boolean;
  /** The only words that may stand here. */
  readonly choices?: readonly string[];
  readonly suggests?: Suggestion;
}

/** An option, `--open` or `--as-of TIME`. */
export interface Option {
  /** Name of its value in the help; an option without one is a switch. */
  readonly value?: string;
  readonly summary: string;
  readonly choices?: readonly string[];
  readonly suggests?: Suggestion;
  readonly short?: string;
}

/** One command: what it is called, what it takes, and what it does. Help, completion and parsing are all made from this. */
export interface Command {
  /** `['saga', 'retry']`. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly positionals?: readonly Positional[];
  readonly options?: Readonly<Record<string, Option>>;
  /** More lines for its help. */
  readonly details?: string;
  run(call: CommandCall): Promise<Answer>;
}

/** Options of every command. */
export const GLOBAL_OPTIONS = {
  json: { summary: 'print one JSON document instead of text' },
  stack: {
    value: 'FILE',
    summary: "the stack's description (default: .clearway/stack.json)",
    suggests: 'file',
  },
  as: { value: 'NAME', summary: 'act as a participant instead of as operator', suggests: 'participant' },
  cert: { value: 'FILE', summary: 'with --key: certificate of another operator', suggests: 'file' },
  key: { value: 'FILE', summary: 'its private key', suggests: 'file' },
  timeout: { value: 'SECONDS', summary: 'longest wait for one answer (default 10)' },
  'no-color': { summary: 'plain text; so does NO_COLOR, and output that is not a terminal' },
  help: { summary: 'how to use the command', short: 'h' },
} as const satisfies Record<string, Option>;

/** Every option that a command takes. */
export function optionsOf(command: Command): Readonly<Record<string, Option>> {
  return { ...command.options, ...GLOBAL_OPTIONS };
}

/** The command's name as it is typed. */
export function nameOf({ path }: Command): string {
  return path.join(' ');
}
