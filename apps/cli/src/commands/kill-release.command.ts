import { trading } from '@clearway/contracts';
import type { Command } from '../line/command';
import { killSwitchScopeOf, SCOPE_OPTIONS } from '../line/kill-switch-scope';
import { answer, sections } from '../output/answer';
import { wireJson } from '../output/wire-json';
import { killSwitchTable } from '../views/kill-switch.view';

/** `clearway kill release --all` */
export const killReleaseCommand: Command = {
  path: ['kill', 'release'],
  summary: 'Ask for the release of a kill switch: the first of two persons',
  options: SCOPE_OPTIONS,
  async run(call) {
    const request = { scope: killSwitchScopeOf(call) };
    const done = await call.stack.tradingAdmin.call('requestKillSwitchRelease', request);
    const { killSwitch } = done;
    return answer(
      () => wireJson(trading.TradingAdminServiceService.requestKillSwitchRelease, done),
      (colours) =>
        sections(
          killSwitch ? killSwitchTable([killSwitch], colours) : '',
          'Another operator confirms it with “clearway kill confirm”; until then it stays engaged.',
        ),
    );
  },
};
