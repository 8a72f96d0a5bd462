import { trading } from '@clearway/contracts';
import type { Command } from '../line/command';
import { LIMIT_OPTION, moreText, readPages } from '../line/paging';
import { answer, sections } from '../output/answer';
import { wireJson } from '../output/wire-json';
import { ordersTable } from '../views/order.view';

/** `clearway orders ACCOUNT [--open]` */
export const ordersCommand: Command = {
  path: ['orders'],
  summary: "List an account's orders, newest first",
  positionals: [{ name: 'ACCOUNT', suggests: 'account' }],
  options: { open: { summary: 'only those that still work' }, limit: LIMIT_OPTION },
  async run(call) {
    const account = call.word('ACCOUNT');
    const openOnly = call.isOn('open');
    const page = await readPages(call, async (asked) => {
      const { orders, nextPageToken } = await call.stack.trading.call('listOrders', {
        account,
        openOnly,
        ...asked,
      });
      return { items: orders, nextPageToken };
    });
    const orders = [...page.items];
    const { nextPageToken } = page;
    const none = `${account} has no ${openOnly ? 'open ' : ''}orders.`;
    return answer(
      () => wireJson(trading.TradingServiceService.listOrders, { orders, nextPageToken }),
      (colours) => (orders.length === 0 ? none : sections(ordersTable(orders, colours), moreText(page))),
    );
  },
};
