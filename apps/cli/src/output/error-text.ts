import { REASONS, type ReasonCode, type RetryClass } from '@clearway/kernel';
import { EXIT, type ExitStatus } from '../exit-status';
import { UsageError } from '../line/usage-error';
import { CallFailed } from '../stack/call-failed';
import { StackMissing } from '../stack/stack-missing';
import type { Colours } from './colours';

/** A failure as `--json` prints it, under the key `error`. */
export interface FailureDocument {
  /** Code of the catalogue (docs/ERRORS.md), or USAGE, NO_STACK, or UNEXPECTED for a bug of this program. */
  readonly reason: string;
  readonly message: string;
  readonly hint: string;
  readonly status?: string;
  readonly service?: string;
  readonly address?: string;
  readonly method?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly fieldViolations?: readonly { readonly field: string; readonly description: string }[];
  readonly retry?: RetryClass;
  readonly retryAfterMs?: number;
  readonly repeatWith?: string;
}

/** A failure in words, with the exit status that it ends in. */
export interface Failure {
  readonly document: FailureDocument;
  readonly exitStatus: ExitStatus;
}

const TO_DO: Readonly<Record<RetryClass, string>> = {
  never: 'The same request will be refused again.',
  fix: 'Change the request, or what stands in its way, and try again.',
  later: 'Try the same again later.',
  'same-key': 'Try the same again: it carries the same key, so nothing is done twice.',
};

/** Where a reason has a better advice than its class. */
const TO_DO_ABOUT: Partial<Record<ReasonCode, string>> = {
  NO_IDENTITY: 'The certificate is not one of this stack; --stack names another one.',
  METHOD_NOT_ALLOWED: 'This identity may not ask for it. Without --as the operator asks.',
  NOT_YOUR_ACCOUNT: 'A participant may touch its own accounts only. Without --as the operator asks.',
  WRONG_PHASE: '“clearway schedule SYMBOL” shows the phase it is in and what its calendar has next.',
  INSTRUMENT_CLOSED: '“clearway schedule SYMBOL” shows when it opens.',
  UNKNOWN_SYMBOL: '“clearway instruments” lists what is traded.',
  UNKNOWN_ORDER: '“clearway orders ACCOUNT” lists an account’s orders with their ids.',
  UNKNOWN_SAGA: '“clearway sagas” lists those under way; the audit log keeps those that have ended.',
  CL_ORD_ID_REUSED: 'Take another --id for another order, or leave it out.',
  REQUEST_ID_REUSED: 'Take another --id for another transfer, or leave it out.',
  UNKNOWN_KILL_SWITCH: '“clearway kill list” lists those that are engaged.',
  SECOND_PERSON_NEEDED:
    'One operator asks with “clearway kill release”, another confirms with their own --cert and --key.',
  PAST_PIVOT: 'It can only go forward: “clearway saga retry ID” once its cause is mended.',
  INTERNAL: 'This is a bug; the service’s log has the cause under the trace id.',
};

/** Says what went wrong and what to do about it. */
export function failureOf(error: unknown): Failure {
  if (error instanceof UsageError)
    return {
      exitStatus: EXIT.USAGE,
      document: { reason: 'USAGE', message: error.message, hint: error.hint },
    };
  if (error instanceof StackMissing) return { exitStatus: EXIT.NOT_REACHABLE, document: noStack(error) };
  if (error instanceof CallFailed) {
    const exitStatus = error.isUnanswered ? EXIT.NOT_REACHABLE : EXIT.REFUSED;
    return { exitStatus, document: callFailed(error) };
  }
  const message = error instanceof Error ? error.message : String(error);
  const hint = 'This is a bug of clearway itself.';
  return { exitStatus: EXIT.REFUSED, document: { reason: 'UNEXPECTED', message, hint } };
}

/** The failure as text: what, by whom, the figures, and what to do. */
export function failureText({ document }: Failure, colours: Colours): string {
  const {
    reason,
    message,
    hint,
    status,
    service,
    address,
    method,
    metadata = {},
    fieldViolations = [],
  } = document;
  const figures = Object.entries(metadata).map(([key, value]) => `${key}=${value}`);
  const isOwn = status === undefined;
  return [
    `${colours.red('error')} ${message}`,
    ...fieldViolations
      .filter(({ field, description }) => !message.includes(`${field} ${description}`))
      .map(({ field, description }) => `  ${field} ${description}`),
    ...(isOwn ? [] : [colours.dim(`  ${reason} (${status}) from ${method} of ${service} at ${address}`)]),
    ...(figures.length > 0 ? [colours.dim(`  ${figures.join(' ')}`)] : []),
    ...(hint === '' ? [] : [hint]),
  ].join('\n');
}

function noStack(error: StackMissing): FailureDocument {
  const hint = 'Start one with “npm start”, or name another one with --stack FILE or CLEARWAY_STACK.';
  return { reason: 'NO_STACK', message: error.message, hint };
}

function callFailed({
  service,
  address,
  method,
  error,
  isUnanswered,
  repeatWith,
}: CallFailed): FailureDocument {
  const { reason, status, metadata, fieldViolations, retryAfterMs } = error;
  const { retry } = REASONS[reason];
  const message = isUnanswered ? `${service} at ${address} gave no answer: ${error.message}` : error.message;
  return {
    reason,
    message,
    hint: adviceOn(reason, retryAfterMs, repeatWith),
    status,
    service,
    address,
    method,
    metadata,
    fieldViolations,
    retry,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(repeatWith === '' ? {} : { repeatWith }),
  };
}

function adviceOn(reason: ReasonCode, retryAfterMs: number | undefined, repeatWith: string): string {
  const { retry } = REASONS[reason];
  if (retry === 'same-key' && repeatWith !== '')
    return `Try the same again with ${repeatWith}: with the same key nothing is done twice.`;
  if (retry === 'later' && retryAfterMs !== undefined) return `Try the same again in ${retryAfterMs} ms.`;
  return TO_DO_ABOUT[reason] ?? TO_DO[retry];
}
