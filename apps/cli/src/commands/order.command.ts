import { trading } from '@clearway/contracts';
import type { Command } from '../line/command';
import { ORDER_KEY_OPTIONS, ORDER_POSITIONALS, orderKeyOf } from '../line/order-key';
import { answer, sections } from '../output/answer';
import { reasonsText } from '../output/reason-text';
import { wireJson } from '../output/wire-json';
import { orderCard } from '../views/order.view';

/** `clearway order ID` */
export const orderCommand: Command = {
  path: ['order'],
  summary: 'Show one order, with every reason',
  positionals: ORDER_POSITIONALS,
  options: ORDER_KEY_OPTIONS,
  async run(call) {
    const key = orderKeyOf(call);
    const found = await call.stack.trading.call('getOrderStatus', key);
    const { order } = found;
    return answer(
      () => wireJson(trading.TradingServiceService.getOrderStatus, found),
      (colours) =>
        order
          ? sections(orderCard(order, colours), reasonsText(order.reasons, colours))
          : 'No order was given.',
    );
  },
};
