import {
  type Command,
  nameOf,
  type Option,
  optionsOf,
  type Positional,
  type Suggestion,
} from '../line/command';
import { commandOf, looseWords } from '../line/parse-command-line';
import { readStackFile } from '../stack/stack-description';

/** One way to go on. */
export interface Candidate {
  readonly word: string;
  readonly summary: string;
}

/** Names that only the stack's description knows. */
export interface KnownNames {
  readonly accounts: readonly string[];
  readonly participants: readonly string[];
}

const NOTHING_KNOWN: KnownNames = { accounts: [], participants: [] };

/** Reads the names from a `stack.json`; none when there is no readable one. */
export function knownNames(stackFile: string | undefined): KnownNames {
  if (stackFile === undefined) return NOTHING_KNOWN;
  try {
    const { participants } = readStackFile(stackFile).tls;
    const accounts = Object.values(participants).flatMap((participant) => participant.accounts);
    return { accounts, participants: Object.keys(participants) };
  } catch {
    return NOTHING_KNOWN;
  }
}

/**
 * How a half-typed line may go on.
 * @param words what stands after `clearway`, the last one being typed (empty when it has not begun)
 * @param names asked only when a name is to be suggested
 */
export function completeWords(
  commands: readonly Command[],
  words: readonly string[],
  names: () => KnownNames,
): Candidate[] {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  return candidatesAfter(commands, before, typed, names).filter(({ word }) => word.startsWith(typed));
}

function candidatesAfter(
  commands: readonly Command[],
  before: readonly string[],
  typed: string,
  names: () => KnownNames,
): Candidate[] {
  const loose = looseWords(before, commands);
  const command = commandOf(loose, commands);
  const options = command ? optionsOf(command) : optionsOf({ path: [], summary: '', run: neverRun });
  const awaiting = options[before.at(-1)?.replace(/^--/, '') ?? ''];
  if (before.at(-1)?.startsWith('--') && awaiting?.value !== undefined) return valuesOf(awaiting, names);
  if (typed.startsWith('-')) return optionCandidates(options, before);
  const place = command?.positionals?.[loose.length - command.path.length];
  return [...nextNames(commands, loose), ...(place ? valuesOf(place, names) : [])];
}

/** The next words of the commands that begin with the words typed. */
function nextNames(commands: readonly Command[], loose: readonly string[]): Candidate[] {
  const going = commands.filter(
    ({ path }) => path.length > loose.length && loose.every((word, at) => path[at] === word),
  );
  const found = new Map<string, string>();
  for (const command of going) {
    const word = command.path[loose.length] ?? '';
    const isWhole = command.path.length === loose.length + 1;
    if (isWhole || !found.has(word)) found.set(word, isWhole ? command.summary : `${nameOf(command)} …`);
  }
  return [...found].map(([word, summary]) => ({ word, summary }));
}

function optionCandidates(options: Readonly<Record<string, Option>>, before: readonly string[]): Candidate[] {
  return Object.entries(options)
    .map(([name, { summary }]) => ({ word: `--${name}`, summary }))
    .filter(({ word }) => !before.includes(word));
}

function valuesOf({ choices, suggests }: Option | Positional, names: () => KnownNames): Candidate[] {
  const words = choices ?? (suggests === undefined ? [] : suggested(suggests, names));
  return words.map((word) => ({ word, summary: '' }));
}

function suggested(kind: Suggestion, names: () => KnownNames): readonly string[] {
  if (kind === 'account') return names().accounts;
  if (kind === 'participant') return names().participants;
  return [];
}

function neverRun(): Promise<never> {
  return Promise.reject(new Error('this stands for no command yet'));
}
