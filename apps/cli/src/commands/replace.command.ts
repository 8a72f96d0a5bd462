import { trading } from '@clearway/contracts';
import { EXIT } from '../exit-status';
import type { Command } from '../line/command';
import { ORDER_KEY_OPTIONS, ORDER_POSITIONALS, orderKeyOf } from '../line/order-key';
import { newKey } from '../line/request-key';
import { UsageError } from '../line/usage-error';
import { answer, sections } from '../output/answer';
import { reasonsText } from '../output/reason-text';
import { wireJson } from '../output/wire-json';
import { repeatableWith } from '../stack/call-failed';
import { fillsTable, orderCard } from '../views/order.view';

const { REPLACE_OUTCOME_REPLACED, REPLACE_OUTCOME_TOO_LATE } = trading.ReplaceOutcome;

/** `clearway replace ID --qty 20 --price 231.00` */
export const replaceCommand: Command = {
  path: ['replace'],
  summary: 'Change quantity or price of an open order',
  positionals: ORDER_POSITIONALS,
  options: {
    ...ORDER_KEY_OPTIONS,
    qty: { value: 'QTY', summary: 'new total quantity, what is filled included' },
    price: { value: 'PRICE', summary: 'new limit' },
    stop: { value: 'PRICE', summary: 'new stop price' },
    display: { value: 'QTY', summary: 'new display quantity of an iceberg' },
    'new-id': {
      value: 'CL_ORD_ID',
      summary: 'new client order id, the idempotency key (default: a new one)',
    },
  },
  async run(call) {
    const { clOrdId: origClOrdId, ...order } = orderKeyOf(call);
    const changes = {
      orderQty: call.text('qty'),
      price: call.text('price'),
      stopPrice: call.text('stop'),
      displayQty: call.text('display'),
    };
    if (Object.values(changes).every((each) => each === ''))
      throw new UsageError('Say what is to change: --qty, --price, --stop or --display.');
    const request = { ...order, origClOrdId, clOrdId: call.text('new-id') || newKey(), ...changes };
    const replace = () => call.stack.trading.call('replaceOrder', request);
    const replaced = await repeatableWith(`--new-id ${request.clOrdId}`, replace);
    const { outcome } = replaced;
    const isDone = outcome === REPLACE_OUTCOME_REPLACED;
    const refused =
      outcome === REPLACE_OUTCOME_TOO_LATE ? 'Too late: the order was closed already.' : 'Refused.';
    return answer(
      () => wireJson(trading.TradingServiceService.replaceOrder, replaced),
      (colours) =>
        sections(
          isDone ? colours.green('Replaced.') : colours.yellow(refused),
          replaced.order ? orderCard(replaced.order, colours) : '',
          fillsTable(replaced.fills, colours),
          reasonsText(replaced.reasons, colours),
        ),
      isDone ? EXIT.OK : EXIT.REFUSED,
    );
  },
};
