import type { Option, Positional } from './command';
import type { CommandCall } from './command-call';
import { UsageError } from './usage-error';

/** How an order is named: by its id, or by account and client order id. */
export interface OrderKey {
  readonly orderId: string;
  readonly account: string;
  readonly clOrdId: string;
}

/** The word and options that name an order. */
export const ORDER_POSITIONALS: readonly Positional[] = [{ name: 'ID', optional: true }];

/** The options of the second way. */
export const ORDER_KEY_OPTIONS: Readonly<Record<string, Option>> = {
  account: { value: 'ACCOUNT', summary: 'with --id: the account of the order', suggests: 'account' },
  id: { value: 'CL_ORD_ID', summary: 'instead of ID: the client order id' },
};

/**
 * Reads how the order is named.
 * @throws UsageError when it is named in neither way, or in both
 */
export function orderKeyOf(call: CommandCall): OrderKey {
  const key = { orderId: call.word('ID'), account: call.text('account'), clOrdId: call.text('id') };
  const byId = key.orderId !== '' && key.account === '' && key.clOrdId === '';
  const byKey = key.orderId === '' && key.account !== '' && key.clOrdId !== '';
  if (byId || byKey) return key;
  throw new UsageError('Name the order by its ID, or by --account ACCOUNT and --id CL_ORD_ID.');
}
