import type { Colours } from '../output/colours';
import { painted, renderPairs } from '../output/table';
import { type Command, GLOBAL_OPTIONS, nameOf, type Option } from './command';
import { usageOf } from './parse-command-line';

const EXIT_STATUS_TEXT =
  'Exit status: 0 done · 1 refused, or a check failed · 2 wrong command line · 3 not reachable';

/** The help of the whole program. */
export function generalHelp(commands: readonly Command[], colours: Colours): string {
  const rows = commands.map((command) => [wordsOf(command), painted(command.summary, undefined)] as const);
  return [
    `${colours.bold('clearway')} shows and steers a running Clearway over its public RPCs.`,
    '',
    'Usage: clearway COMMAND [options]',
    '',
    indented(renderPairs(rows, colours)),
    '',
    'Options of every command',
    optionsText(GLOBAL_OPTIONS, colours),
    '',
    EXIT_STATUS_TEXT,
  ].join('\n');
}

/** The help of one command. */
export function commandHelp(command: Command, colours: Colours): string {
  const own = Object.keys(command.options ?? {}).length > 0;
  return [
    `Usage: ${usageOf(command)}`,
    '',
    `${command.summary}.`,
    ...(command.details === undefined ? [] : ['', command.details]),
    ...(own ? ['', 'Options', optionsText(command.options ?? {}, colours)] : []),
    '',
    'Options of every command',
    optionsText(GLOBAL_OPTIONS, colours),
  ].join('\n');
}

function wordsOf(command: Command): string {
  const words = (command.positionals ?? []).map(({ name, optional }) => (optional ? `[${name}]` : name));
  return [nameOf(command), ...words].join(' ');
}

function optionsText(options: Readonly<Record<string, Option>>, colours: Colours): string {
  const rows = Object.entries(options).map(([name, option]) => {
    const typed = `--${name}${option.value === undefined ? '' : ` ${option.value}`}`;
    const choices = option.choices ? `: ${option.choices.join(', ')}` : '';
    return [typed, option.summary + choices] as const;
  });
  return indented(renderPairs(rows, colours));
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
