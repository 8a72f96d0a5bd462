import { trading } from '@clearway/contracts';
import type { Command } from '../line/command';
import { killSwitchScopeOf, SCOPE_OPTIONS } from '../line/kill-switch-scope';
import { answer, sections } from '../output/answer';
import { wireJson } from '../output/wire-json';
import { killSwitchTable } from '../views/kill-switch.view';

/** `clearway kill engage --all` */
export const killEngageCommand: Command = {
  path: ['kill', 'engage'],
  summary:
    'Stop an account, an instrument or everything: refuse new orders, cancel open ones, prove them gone',
  options: { ...SCOPE_OPTIONS, note: { value: 'TEXT', summary: 'why, for the audit log' } },
  details:
    'Cancels pass. Engaging again proves it again. A release needs two operators: kill release, then kill confirm.',
  async run(call) {
    const request = { scope: killSwitchScopeOf(call), note: call.text('note') };
    const done = await call.stack.tradingAdmin.call('engageKillSwitch', request);
    const { killSwitch } = done;
    return answer(
      () => wireJson(trading.TradingAdminServiceService.engageKillSwitch, done),
      (colours) =>
        sections(
          killSwitch ? killSwitchTable([killSwitch], colours) : '',
          killSwitch && killSwitch.provenAtMicros > 0 ? colours.green('No order of it is open.') : '',
        ),
    );
  },
};
