import { REASONS, type ReasonCode, type StatusName } from '@clearway/kernel';

/** One field that has the wrong shape, as google.rpc.BadRequest tells it. */
export interface FieldViolation {
  /** Name as in the proto file, with a path for nested ones: `steps[3].trade_number`. */
  readonly field: string;
  /** One English sentence on what is wrong. */
  readonly description: string;
}

/** What an error may carry besides its reason. */
export interface RpcErrorOptions {
  /** Milliseconds that the caller shall wait before it asks again. */
  readonly retryAfterMs?: number;
  readonly fieldViolations?: readonly FieldViolation[];
  /** Status to travel under, where the method's contract names another one than the catalogue. */
  readonly status?: StatusName;
  /** Whether the same call may be sent again; follows from the reason unless the status alone is known. */
  readonly retryable?: boolean;
  /** What led to it. It stays in the log and never leaves the process. */
  readonly cause?: unknown;
}

/**
 * The one error that crosses services: a reason of the catalogue, the status that it travels under, and its details. The
 * server encodes it as google.rpc.Status; the client decodes the same object again, so programs decide by `reason` and
 * never by text.
 */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly reason: ReasonCode;
  readonly status: StatusName;
  readonly metadata: Readonly<Record<string, string>>;
  readonly retryAfterMs: number | undefined;
  readonly fieldViolations: readonly FieldViolation[];
  /** True when the same call, with the same key, may be sent again. */
  readonly retryable: boolean;

  constructor(
    reason: ReasonCode,
    message?: string,
    metadata: Readonly<Record<string, string>> = {},
    options: RpcErrorOptions = {},
  ) {
    super(message ?? REASONS[reason].meaning, options.cause === undefined ? {} : { cause: options.cause });
    this.reason = reason;
    this.status = options.status ?? statusOfReason(reason);
    this.metadata = metadata;
    this.retryAfterMs = options.retryAfterMs;
    this.fieldViolations = options.fieldViolations ?? [];
    this.retryable = options.retryable ?? retryableByReason(reason);
  }
}

/**
 * The status that a reason travels under as an error. Business reasons normally stand inside an OK answer; where a method
 * can only answer with an error, an unknown thing is NOT_FOUND and any other refusal FAILED_PRECONDITION.
 */
function statusOfReason(reason: ReasonCode): StatusName {
  const { status } = REASONS[reason];
  if (status !== 'OK') return status;
  return reason.startsWith('UNKNOWN_') ? 'NOT_FOUND' : 'FAILED_PRECONDITION';
}

function retryableByReason(reason: ReasonCode): boolean {
  const { retry, status } = REASONS[reason];
  return status !== 'OK' && (retry === 'same-key' || retry === 'later');
}
