import { isReasonCode, type ReasonCode, type StatusName } from '@clearway/kernel';
import { Metadata, type ServiceError, status as StatusCode } from '@grpc/grpc-js';
import { type FieldViolation, RpcError } from './rpc-error';
import { decodeStatusDetails, encodeStatusDetails, type StatusDetails } from './status-details';

/** Domain of every ErrorInfo that Clearway sends. */
export const ERROR_DOMAIN = 'clearway';

const DETAILS_TRAILER = 'grpc-status-details-bin';
/** Trailers must fit the peers' header limits (8 KiB with some, in base64), so texts and lists are cut. */
const MESSAGE_CHARS_MAX = 512;
const METADATA_ENTRIES_MAX = 12;
const METADATA_CHARS_MAX = 96;
const VIOLATIONS_MAX = 12;

/** An error in the shape that grpc-js sends. */
export interface WireStatus {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

/** Encodes an error for the wire: status, text and `grpc-status-details-bin`. Its cause and stack are left behind. */
export function toWireStatus(error: RpcError): WireStatus {
  const details: StatusDetails = {
    code: StatusCode[error.status],
    message: sendable(error.message, MESSAGE_CHARS_MAX),
    reason: error.reason,
    domain: ERROR_DOMAIN,
    metadata: Object.fromEntries(
      Object.entries(error.metadata)
        .slice(0, METADATA_ENTRIES_MAX)
        .map(([key, value]) => [key, sendable(value, METADATA_CHARS_MAX)]),
    ),
    fieldViolations: error.fieldViolations.slice(0, VIOLATIONS_MAX).map(sendableViolation),
    retryAfterMs: error.retryAfterMs,
  };
  const metadata = new Metadata();
  metadata.set(DETAILS_TRAILER, encodeStatusDetails(details));
  return { code: details.code, details: details.message, metadata };
}

/** Cuts a text and mends half characters: grpc-js passes the text through encodeURI, which throws on them. */
function sendable(text: string, charsMax: number): string {
  return text.slice(0, charsMax).replace(/\p{Surrogate}/gu, '\uFFFD');
}

function sendableViolation({ field, description }: FieldViolation): FieldViolation {
  return {
    field: sendable(field, METADATA_CHARS_MAX),
    description: sendable(description, METADATA_CHARS_MAX),
  };
}

/**
 * What a status without ErrorInfo means: it came from gRPC itself (a broken connection, a passed deadline), from a proxy,
 * or from a service that is not ours.
 */
const REASON_OF_BARE_STATUS: Readonly<Record<number, ReasonCode>> = {
  [StatusCode.CANCELLED]: 'OUTCOME_UNKNOWN',
  [StatusCode.INVALID_ARGUMENT]: 'FIELD_INVALID',
  [StatusCode.DEADLINE_EXCEEDED]: 'OUTCOME_UNKNOWN',
  [StatusCode.PERMISSION_DENIED]: 'METHOD_NOT_ALLOWED',
  [StatusCode.RESOURCE_EXHAUSTED]: 'OVERLOADED',
  [StatusCode.UNAVAILABLE]: 'NOT_READY',
  [StatusCode.UNAUTHENTICATED]: 'NO_IDENTITY',
  [StatusCode.DATA_LOSS]: 'CHAIN_BROKEN',
};

/**
 * Decodes what grpc-js reports back into the error that the server threw. A bare status becomes the nearest reason; of
 * those, only UNAVAILABLE, a reset and a passed deadline are worth sending again (a bare RESOURCE_EXHAUSTED is a message too large).
 * A reason that this build does not know yet stands in `metadata.reason`.
 */
export function fromServiceError(error: ServiceError): RpcError {
  const details = detailsOf(error);
  if (!details || details.domain !== ERROR_DOMAIN) return fromBareStatus(error, error.details, {});
  const { reason, metadata, message } = details;
  if (!isReasonCode(reason)) return fromBareStatus(error, message, { ...metadata, reason });
  return new RpcError(reason, message, metadata, {
    fieldViolations: details.fieldViolations,
    ...(details.retryAfterMs === undefined ? {} : { retryAfterMs: details.retryAfterMs }),
    status: statusNameOf(error.code),
    cause: error,
  });
}

function fromBareStatus(error: ServiceError, message: string, metadata: Record<string, string>): RpcError {
  const code = isReset(error) ? StatusCode.UNAVAILABLE : error.code;
  const reason = REASON_OF_BARE_STATUS[code] ?? 'INTERNAL';
  const retryable = code === StatusCode.UNAVAILABLE || code === StatusCode.DEADLINE_EXCEEDED;
  return new RpcError(reason, message, metadata, {
    status: statusNameOf(code),
    retryable,
    cause: error,
  });
}

/** A stream or connection that was reset before any status came: to grpc-js INTERNAL, to a caller a broken connection like others. */
function isReset({ code, details }: ServiceError): boolean {
  return code === StatusCode.INTERNAL && details.startsWith('Received RST_STREAM');
}

function detailsOf(error: ServiceError): StatusDetails | undefined {
  const [bytes] = error.metadata?.get(DETAILS_TRAILER) ?? [];
  if (!(bytes instanceof Uint8Array)) return undefined;
  try {
    return decodeStatusDetails(bytes);
  } catch {
    return undefined;
  }
}

/** The catalogue knows no CANCELLED, UNKNOWN, UNIMPLEMENTED and so on: the first is an unknown outcome, the rest bugs. */
function statusNameOf(code: number): StatusName {
  switch (code) {
    case StatusCode.CANCELLED:
      return 'DEADLINE_EXCEEDED';
    case StatusCode.UNKNOWN:
    case StatusCode.UNIMPLEMENTED:
    case StatusCode.OUT_OF_RANGE:
      return 'INTERNAL';
    default:
      return (StatusCode[code] as StatusName | undefined) ?? 'INTERNAL';
  }
}
