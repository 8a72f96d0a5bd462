import { trading } from '@clearway/contracts';
import { status } from '@grpc/grpc-js';
import type { Answer } from '../surface/raw-call';
import type { Mutant } from './mutations';

/** Statuses that say "the fault is yours" or "done"; all others would mean that a caller's bytes broke something of ours. */
const CALM = new Set([
  'OK',
  'OPEN',
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'FAILED_PRECONDITION',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
]);

/** Fields that mean nothing to the callee: what it answers with itself, what only the caller reads, what goes with an empty shard. */
const IGNORED = new Set([
  'instrument.trading_status',
  'instrument.last_price',
  'commands.request_id',
  'event_number',
]);

/** What is wrong with the answer to a spoilt request; undefined when nothing is. */
export function faultOf(
  { field, mustFail }: Mutant,
  { status, reason, fields, text }: Answer,
): string | undefined {
  if (!CALM.has(status)) return `${status} ${text}`;
  if (status !== 'OK' && status !== 'OPEN' && reason === '') return `${status} without a reason: ${text}`;
  if (!mustFail || IGNORED.has(field)) return undefined;
  // Whose account it is comes before what it looks like: a stranger learns nothing of either.
  if (field === 'account' && reason === 'NOT_YOUR_ACCOUNT') return undefined;
  if (status !== 'INVALID_ARGUMENT') return `${status} ${reason} ${text}, not INVALID_ARGUMENT`;
  if (field === '' || reason === 'INVALID_PAGE' || fields.length === 0)
    return namelessFault(field, reason, text);
  return fields.some((named) => isSameField(named, field)) ? undefined : `names ${fields.join()} instead`;
}

/** A page token or size is named by its own reason; bytes as a whole have no field. */
function namelessFault(field: string, reason: string, text: string): string | undefined {
  if (field === '' || reason === 'INVALID_PAGE' || text.includes('not valid Protobuf')) return undefined;
  return `names no field: ${text}`;
}

/** `steps[0].reserve.account` and `reserve.account` are both `steps.reserve.account`; a oneof may be named as a whole. */
function isSameField(named: string, field: string): boolean {
  const plain = named.replace(/\[\d+\]/g, '');
  return field === plain || field.endsWith(`.${plain}`) || field.startsWith(`${plain}.`);
}

/** On the order-entry stream a refusal is a message, not the stream's end: it is judged like the error that it stands for. */
export function streamedAnswer(answer: Answer): Answer {
  const [ack] = answer.responses.flatMap((bytes) => trading.StreamOrdersResponse.decode(bytes).acks);
  if (ack?.result?.$case !== 'error') return answer;
  const { status: code, reason } = ack.result.value;
  const { field } = reason?.metadata ?? {};
  return {
    status: status[code] ?? String(code),
    reason: reason?.code ?? '',
    text: reason?.message ?? '',
    fields: field === undefined ? [] : [field],
    responses: [],
  };
}
