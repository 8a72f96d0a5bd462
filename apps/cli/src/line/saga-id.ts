import { SAGA_HOSTS, type SagaHost } from '../stack/stack';
import type { CommandCall } from './command-call';
import { UsageError } from './usage-error';

/** A saga's id, taken apart. */
export interface SagaKey {
  /** "trading/0#17", as SagaService has it. */
  readonly sagaId: string;
  readonly host: SagaHost;
  /** "saga/trading/0:17", as the audit log has it. */
  readonly resource: string;
}

const SAGA_ID = /^([a-z]+)(\/[0-9]+)[#:]([1-9][0-9]{0,15})$/;

/**
 * Reads a saga's id in the form of SagaService or of the audit log.
 * @throws UsageError when it is neither
 */
export function sagaKeyOf(call: CommandCall): SagaKey {
  const typed = call.word('ID').replace(/^saga\//, '');
  const [, service = '', shard = '', number = ''] = SAGA_ID.exec(typed) ?? [];
  const host = SAGA_HOSTS.find((known) => known === service);
  if (host) return { sagaId: `${host}${shard}#${number}`, host, resource: `saga/${host}${shard}:${number}` };
  throw new UsageError(
    `“${call.word('ID')}” is no saga id.`,
    `It looks like trading/0#17; hosts are ${SAGA_HOSTS.join(', ')}.`,
  );
}
