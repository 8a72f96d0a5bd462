import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { type Command, GLOBAL_OPTIONS, nameOf, type Option, optionsOf } from './command';
import type { OptionValues } from './option-values';
import { nearest } from './suggest';
import { UsageError } from './usage-error';

/** A command line that was understood. Without a command it asks for the general help. */
export interface CommandLine {
  readonly command: Command | undefined;
  /** What stands at the places of the command's positionals. */
  readonly words: readonly string[];
  readonly options: OptionValues;
}

/**
 * Reads a command line. Options may stand anywhere; the longest command name that the words begin with is meant.
 * @throws UsageError with a sentence for people
 */
export function parseCommandLine(args: readonly string[], commands: readonly Command[]): CommandLine {
  const loose = looseWords(args, commands);
  const command = commandOf(loose, commands);
  if (!command && loose.length > 0) throw unknownCommand(loose, commands);
  const known = command ? optionsOf(command) : GLOBAL_OPTIONS;
  const parsed = strictly(args, known, command);
  const words = parsed.positionals.slice(command?.path.length ?? 0);
  const options = parsed.values;
  if (command && !options.help) checkWords(command, words);
  checkChoices(known, options);
  return { command, words, options };
}

/** The words that are no options, found by a table of all options there are: the command is not known yet. */
export function looseWords(args: readonly string[], commands: readonly Command[]): string[] {
  const all = Object.assign({}, ...commands.map(optionsOf), GLOBAL_OPTIONS) as Record<string, Option>;
  return parseArgs({ args: [...args], options: configOf(all), strict: false, allowPositionals: true })
    .positionals;
}

/** The command whose name the words begin with; of several, the longest name. */
export function commandOf(words: readonly string[], commands: readonly Command[]): Command | undefined {
  const matching = commands.filter(({ path }) => path.every((word, at) => words[at] === word));
  return matching.sort((a, b) => b.path.length - a.path.length)[0];
}

interface Parsed {
  readonly values: Record<string, string | true>;
  readonly positionals: readonly string[];
}

function strictly(
  args: readonly string[],
  known: Readonly<Record<string, Option>>,
  command?: Command,
): Parsed {
  const config = {
    args: [...args],
    options: configOf(known),
    strict: false,
    allowPositionals: true,
    tokens: true,
  };
  const { tokens } = parseArgs({ ...config, tokens: true });
  const values: Record<string, string | true> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = known[token.name];
    if (!option) throw unknownOption(token.rawName, known, command);
    if (values[token.name] !== undefined) throw new UsageError(`${token.rawName} is given twice.`);
    values[token.name] = optionValue(token, option);
  }
  return { values, positionals };
}

function optionValue(token: { rawName: string; value?: string | undefined }, option: Option): string | true {
  if (option.value === undefined) {
    if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value.`);
    return true;
  }
  if (token.value === undefined || token.value === '')
    throw new UsageError(`${token.rawName} takes a value: ${token.rawName} ${option.value}.`);
  return token.value;
}

function checkWords(command: Command, words: readonly string[]): void {
  const positionals = command.positionals ?? [];
  const missing = positionals.find(({ optional }, at) => !optional && words[at] === undefined);
  if (missing) throw new UsageError(`${missing.name} is missing.`, howTo(command));
  const extra = words[positionals.length];
  if (extra !== undefined) throw new UsageError(`“${extra}” is one word too many.`, howTo(command));
  positionals.forEach(({ name, choices }, at) => {
    const word = words[at];
    if (word !== undefined && choices && !choices.includes(word))
      throw new UsageError(
        `${name} is one of ${choices.join(', ')}, not “${word}”.`,
        didYouMean(word, choices),
      );
  });
}

function checkChoices(known: Readonly<Record<string, Option>>, values: OptionValues): void {
  for (const [name, value] of Object.entries(values)) {
    const choices = known[name]?.choices;
    if (choices && value !== true && !choices.includes(value))
      throw new UsageError(
        `--${name} is one of ${choices.join(', ')}, not “${value}”.`,
        didYouMean(value, choices),
      );
  }
}

function unknownCommand(words: readonly string[], commands: readonly Command[]): UsageError {
  const [first = '', second = ''] = words;
  const group = commands.filter(({ path }) => path[0] === first && path.length > 1);
  if (group.length > 0) {
    const members = group.map(({ path }) => path[1] ?? '');
    const what =
      second === '' ? `“${first}” needs one of` : `“${first} ${second}” is no command; “${first}” has`;
    return new UsageError(`${what} ${members.join(', ')}.`, didYouMean(second, members, `${first} `));
  }
  const names = [...new Set(commands.flatMap(({ path }) => path[0] ?? []))];
  const meant = didYouMean(first, names);
  return new UsageError(`“${first}” is no command.`, meant || 'clearway --help lists them.');
}

function unknownOption(
  rawName: string,
  known: Readonly<Record<string, Option>>,
  command?: Command,
): UsageError {
  const of = command ? `clearway ${nameOf(command)}` : 'clearway';
  const meant = nearest(rawName.replace(/^-+/, ''), Object.keys(known));
  return new UsageError(
    `${of} has no option ${rawName}.`,
    meant ? `Did you mean --${meant}?` : `${of} --help lists them.`,
  );
}

function didYouMean(typed: string, known: readonly string[], prefix = ''): string {
  const meant = typed === '' ? undefined : nearest(typed, known);
  return meant ? `Did you mean “${prefix}${meant}”?` : '';
}

/** The usage line of a command, as help and complaints show it. */
export function usageOf(command: Command): string {
  const words = (command.positionals ?? []).map(({ name, optional }) => (optional ? `[${name}]` : name));
  const options = Object.keys(command.options ?? {}).length > 0 ? ['[options]'] : [];
  return ['clearway', ...command.path, ...words, ...options].join(' ');
}

function howTo(command: Command): string {
  return `Usage: ${usageOf(command)}`;
}

function configOf(options: Readonly<Record<string, Option>>): ParseArgsOptionsConfig {
  const entries = Object.entries(options).map(([name, { value, short }]) => {
    const type = value === undefined ? ('boolean' as const) : ('string' as const);
    return [name, { type, ...(short === undefined ? {} : { short }) }] as const;
  });
  return Object.fromEntries(entries);
}
