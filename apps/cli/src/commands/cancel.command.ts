import { trading } from '@clearway/contracts';
import { EXIT } from '../exit-status';
import type { Command } from '../line/command';
import { ORDER_KEY_OPTIONS, ORDER_POSITIONALS, orderKeyOf } from '../line/order-key';
import { answer, sections } from '../output/answer';
import { wireJson } from '../output/wire-json';
import { orderCard } from '../views/order.view';

/** `clearway cancel ID` */
export const cancelCommand: Command = {
  path: ['cancel'],
  summary: 'Take what is left of an order off the book',
  positionals: ORDER_POSITIONALS,
  options: ORDER_KEY_OPTIONS,
  async run(call) {
    const key = orderKeyOf(call);
    const canceled = await call.stack.trading.call('cancelOrder', key);
    const isDone = canceled.outcome === trading.CancelOutcome.CANCEL_OUTCOME_CANCELED;
    const { order } = canceled;
    return answer(
      () => wireJson(trading.TradingServiceService.cancelOrder, canceled),
      (colours) =>
        sections(
          isDone ? colours.green('Canceled.') : colours.yellow('Too late: the order was closed already.'),
          order ? orderCard(order, colours) : '',
        ),
      isDone ? EXIT.OK : EXIT.REFUSED,
    );
  },
};
