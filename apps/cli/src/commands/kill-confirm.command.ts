import { trading } from '@clearway/contracts';
import type { Command } from '../line/command';
import { killSwitchScopeOf, SCOPE_OPTIONS, scopeText } from '../line/kill-switch-scope';
import { answer } from '../output/answer';
import { wireJson } from '../output/wire-json';

/** `clearway kill confirm --all` */
export const killConfirmCommand: Command = {
  path: ['kill', 'confirm'],
  summary: 'Confirm the release of a kill switch: the second of two persons',
  options: SCOPE_OPTIONS,
  details: 'The other operator’s certificate is named with --cert FILE and --key FILE.',
  async run(call) {
    const scope = killSwitchScopeOf(call);
    // Not sent twice by itself: once released it is unknown, and a lost answer would look like a refusal.
    const done = await call.stack.tradingAdmin.call('confirmKillSwitchRelease', { scope }, { once: true });
    return answer(
      () => wireJson(trading.TradingAdminServiceService.confirmKillSwitchRelease, done),
      ({ green }) => `${scopeText(scope)} is ${green('released')}: new orders pass again.`,
    );
  },
};
