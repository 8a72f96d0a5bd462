import { risk } from '@clearway/contracts';
import type { Command } from '../line/command';
import { answer } from '../output/answer';
import { wireJson } from '../output/wire-json';
import { limitsCard } from '../views/limits.view';

/** `clearway limits` */
export const limitsCommand: Command = {
  path: ['limits'],
  summary: 'Show the limits that apply to orders, after defaults and overrides',
  options: {
    account: { value: 'ACCOUNT', summary: 'of this account', suggests: 'account' },
    symbol: { value: 'SYMBOL', summary: 'in this instrument' },
  },
  async run(call) {
    const request = { account: call.text('account'), symbol: call.text('symbol') };
    const found = await call.stack.risk.call('getLimits', request);
    const { limits } = found;
    return answer(
      () => wireJson(risk.RiskServiceService.getLimits, found),
      (colours) => (limits ? limitsCard(limits, colours) : 'No limits apply.'),
    );
  },
};
