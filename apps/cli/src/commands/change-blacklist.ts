import { risk } from '@clearway/contracts';
import type { Command } from '../line/command';
import { answer } from '../output/answer';
import { wireJson } from '../output/wire-json';

/** Builds the command that puts a participant on the blacklist or takes it off. */
export function blacklistCommand(verb: 'add' | 'remove', summary: string): Command {
  return {
    path: ['blacklist', verb],
    summary,
    positionals: [{ name: 'PARTICIPANT', suggests: 'participant' }],
    options: { note: { value: 'TEXT', summary: 'why, for the audit log' } },
    async run(call) {
      const request = {
        participant: call.word('PARTICIPANT'),
        blacklisted: verb === 'add',
        note: call.text('note'),
      };
      const done = await call.stack.riskAdmin.call('setBlacklist', request);
      return answer(
        () => wireJson(risk.RiskAdminServiceService.setBlacklist, done),
        ({ red, green }) =>
          `${done.participant} is ${done.blacklisted ? red('on the blacklist') : green('not on the blacklist')}.`,
      );
    },
  };
}
