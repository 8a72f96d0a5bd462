import { clearing } from '@clearway/contracts';
import type { Command } from '../line/command';
import { answer } from '../output/answer';
import { wireJson } from '../output/wire-json';

/** A freeze or its end. */
export interface Restriction {
  readonly name: string;
  readonly summary: string;
  readonly method: 'freezeAccount' | 'unfreezeAccount';
}

/** Builds the command that freezes an account or lifts the freeze. */
export function restrictionCommand({ name, summary, method }: Restriction): Command {
  return {
    path: [name],
    summary,
    positionals: [{ name: 'ACCOUNT', suggests: 'account' }],
    options: { note: { value: 'TEXT', summary: 'why, for the audit log' } },
    async run(call) {
      const request = { account: call.word('ACCOUNT'), note: call.text('note') };
      const done = await call.stack.clearingAdmin.call(method, request);
      return answer(
        () => wireJson(clearing.ClearingAdminServiceService[method], done),
        ({ red, green }) => `${done.account} is ${done.frozen ? red('frozen') : green('not frozen')}.`,
      );
    },
  };
}
