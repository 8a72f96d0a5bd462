import {
  REASONS,
  type ReasonCode,
  type ReasonEntry,
  type RetryClass,
  type StatusName,
} from '../libs/kernel/src/reason.ts';

/** What a client does about each retry class; a new class fails to compile until it is explained here. */
const ADVICE: Record<RetryClass, string> = {
  never: 'The same request fails again. Do not retry.',
  'same-key':
    'The request may have taken effect or not. Send it again with the same idempotency key (`cl_ord_id`, ' +
    '`request_id`): it takes effect once, however often it is sent. Never with a new key.',
  later:
    'The request was right and the moment was not. Wait, at least for the time in `google.rpc.RetryInfo` where there is ' +
    'one, then send it again: with the same key after an error, with a new one after a refusal, which used its key up.',
  fix: 'Change the request, or the state that it met (fund the account, unfreeze it, use another id) and take a new key.',
};

/** What each status says about the request as a whole. */
const STATUS_MEANINGS: Record<StatusName, string> = {
  OK: 'The request was understood, decided and recorded: a business refusal inside a successful answer.',
  INVALID_ARGUMENT: 'The request has the wrong shape, whatever the state.',
  FAILED_PRECONDITION: 'The state does not allow the request.',
  NOT_FOUND: 'What the request names does not exist, or not for this caller.',
  ALREADY_EXISTS: 'The same key was used with another body.',
  ABORTED: 'Another request came first; retry the whole.',
  RESOURCE_EXHAUSTED:
    'A limit was reached and nothing was accepted; `google.rpc.RetryInfo` says when to come back.',
  UNAVAILABLE: 'Nobody could answer; retry with the same key.',
  DEADLINE_EXCEEDED: 'The deadline passed first; the outcome is unknown until asked for by key.',
  UNAUTHENTICATED: 'The certificate gives no identity.',
  PERMISSION_DENIED: 'The identity may not do this.',
  INTERNAL: 'A bug. The text is fixed; the log has the cause under the trace id.',
  DATA_LOSS: 'Recorded data failed a check; the service stops rather than go on.',
};

const INTRODUCTION = `<!-- Written by \`npm run generate\` from libs/kernel/src/reason.ts. Do not edit. -->

# Errors and reasons

Clearway says why it refused by a **reason**: a code of the catalogue below, a sentence for people and the figures that led
to the decision as \`metadata\`.

- **Decide by \`code\`, never by text.** Codes keep their meaning; texts may change at any time.
- **A business refusal is no error.** An order that risk or the book refuses comes back with status OK, as an order whose
  \`reasons\` lists every reason that holds, in the order of this table. So do sagas and transfers.
- **A gRPC error means "not accepted" or "could not answer".** It carries one \`google.rpc.ErrorInfo\` in
  \`grpc-status-details-bin\`: \`reason\` is the code, \`domain\` is \`clearway\`, \`metadata\` holds the figures. A wrong field is named in
  \`google.rpc.BadRequest\`, a waiting time in \`google.rpc.RetryInfo\`. Where a method has no other answer than an error, a reason
  marked OK here travels under FAILED_PRECONDITION, or NOT_FOUND for \`UNKNOWN_ACCOUNT\`.
- **Expect codes that you do not know.** Newer services give new reasons: act on the status then. A status without ErrorInfo
  came from gRPC itself or from a proxy.`;

/** Writes docs/ERRORS.md: the catalogue in its order of precedence, with what a client should make of it. */
export function errorCatalogue(): string {
  const entries = Object.entries(REASONS) as [ReasonCode, ReasonEntry][];
  const used = new Set(entries.map(([, { status }]) => status));
  const statuses = Object.entries(STATUS_MEANINGS).filter(([name]) => used.has(name as StatusName));
  return [
    INTRODUCTION,
    '## What to do: the retry classes',
    table(['Class', 'What a client does'], Object.entries(ADVICE)),
    '## What a status says',
    table(['Status', 'Meaning'], statuses),
    '## The catalogue',
    'Sorted by precedence: where several reasons hold, they are given in this order.',
    table(
      ['Code', 'Status', 'Retry class', 'Meaning'],
      entries.map(([code, { status, retry, meaning }]) => [`\`${code}\``, status, retry, meaning]),
    ),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
