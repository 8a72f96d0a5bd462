import { common, trading } from '@clearway/contracts';
import type { Command } from '../line/command';
import { answer } from '../output/answer';
import { wireJson } from '../output/wire-json';

const SIDES: Readonly<Record<string, common.Side>> = {
  buy: common.Side.SIDE_BUY,
  sell: common.Side.SIDE_SELL,
};

/** `clearway mass-cancel --account alice.main` */
export const massCancelCommand: Command = {
  path: ['mass-cancel'],
  summary: 'Cancel every open order of a participant, an account or an instrument',
  positionals: [],
  options: {
    participant: { value: 'NAME', summary: 'orders of all its accounts' },
    account: { value: 'ACCOUNT', summary: 'orders of one account', suggests: 'account' },
    symbol: { value: 'SYMBOL', summary: 'orders of one instrument' },
    side: { value: 'SIDE', summary: 'orders of one side', choices: Object.keys(SIDES) },
  },
  async run(call) {
    const canceled = await call.stack.trading.call('massCancel', {
      participant: call.text('participant'),
      account: call.text('account'),
      symbol: call.text('symbol'),
      side: SIDES[call.text('side')] ?? common.Side.SIDE_UNSPECIFIED,
    });
    return answer(
      () => wireJson(trading.TradingServiceService.massCancel, canceled),
      () => `${canceled.canceledOrders} orders canceled; none of these is open any more.`,
    );
  },
};
