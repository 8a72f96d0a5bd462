import { trading } from '@clearway/contracts';
import type { Command } from '../line/command';
import { answer } from '../output/answer';
import { wireJson } from '../output/wire-json';
import { killSwitchTable } from '../views/kill-switch.view';

/** `clearway kill list` */
export const killListCommand: Command = {
  path: ['kill', 'list'],
  summary: 'List the kill switches that are engaged',
  async run({ stack }) {
    const found = await stack.tradingAdmin.call('listKillSwitches', {});
    const { killSwitches } = found;
    return answer(
      () => wireJson(trading.TradingAdminServiceService.listKillSwitches, found),
      (colours) =>
        killSwitches.length === 0 ? 'Nothing is stopped.' : killSwitchTable(killSwitches, colours),
    );
  },
};
