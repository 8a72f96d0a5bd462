import type { Command } from '../line/command';
import { commandHelp, generalHelp } from '../line/help-text';
import { commandOf } from '../line/parse-command-line';
import { nearest } from '../line/suggest';
import { UsageError } from '../line/usage-error';
import { answer } from '../output/answer';

/** `clearway help [COMMAND] [SUBCOMMAND]`, of the commands given. */
export const helpCommandOf = (commands: readonly Command[]): Command => ({
  path: ['help'],
  summary: 'How to use a command',
  positionals: [
    { name: 'COMMAND', optional: true },
    { name: 'SUBCOMMAND', optional: true },
  ],
  async run(call) {
    const words = [call.word('COMMAND'), call.word('SUBCOMMAND')].filter((word) => word !== '');
    const asked = commandOf(words, commands);
    const group = commands.filter(({ path }) => words.every((word, at) => path[at] === word));
    if (!asked && group.length === 0) {
      const meant = nearest(
        words[0] ?? '',
        commands.flatMap(({ path }) => path[0] ?? []),
      );
      throw new UsageError(`“${words.join(' ')}” is no command.`, meant ? `Did you mean “${meant}”?` : '');
    }
    const shown = asked ? [asked] : group;
    return answer(
      () =>
        shown.map(({ path, summary, positionals = [], options = {} }) => ({
          path,
          summary,
          positionals,
          options,
        })),
      (colours) => (asked ? commandHelp(asked, colours) : generalHelp(group, colours)),
    );
  },
});
