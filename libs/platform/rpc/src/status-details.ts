import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import type { FieldViolation } from './rpc-error';

/** What of google.rpc.Status and its details Clearway sends and understands. */
export interface StatusDetails {
  readonly code: number;
  readonly message: string;
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly fieldViolations: readonly FieldViolation[];
  readonly retryAfterMs: number | undefined;
}

const TYPE_URL = 'type.googleapis.com/google.rpc.';
const LENGTH_DELIMITED = 2;
const tag = (field: number): number => (field << 3) | LENGTH_DELIMITED;

/** Encodes the content of the trailer `grpc-status-details-bin`: a google.rpc.Status with its details packed as Any. */
export function encodeStatusDetails(details: StatusDetails): Buffer {
  const writer = new BinaryWriter();
  writer.uint32(8).int32(details.code).uint32(tag(2)).string(details.message);
  writeAny(writer, 'ErrorInfo', (body) => writeErrorInfo(body, details));
  if (details.fieldViolations.length > 0) {
    writeAny(writer, 'BadRequest', (body) => writeBadRequest(body, details.fieldViolations));
  }
  const { retryAfterMs } = details;
  if (retryAfterMs !== undefined) writeAny(writer, 'RetryInfo', (body) => writeRetryInfo(body, retryAfterMs));
  return Buffer.from(writer.finish());
}

function writeAny(writer: BinaryWriter, type: string, write: (body: BinaryWriter) => void): void {
  writer
    .uint32(tag(3))
    .fork()
    .uint32(tag(1))
    .string(TYPE_URL + type)
    .uint32(tag(2))
    .fork();
  write(writer);
  writer.join().join();
}

function writeErrorInfo(body: BinaryWriter, details: StatusDetails): void {
  body.uint32(tag(1)).string(details.reason).uint32(tag(2)).string(details.domain);
  for (const [key, value] of Object.entries(details.metadata)) {
    body.uint32(tag(3)).fork().uint32(tag(1)).string(key).uint32(tag(2)).string(value).join();
  }
}

function writeBadRequest(body: BinaryWriter, violations: readonly FieldViolation[]): void {
  for (const { field, description } of violations) {
    body.uint32(tag(1)).fork().uint32(tag(1)).string(field).uint32(tag(2)).string(description).join();
  }
}

function writeRetryInfo(body: BinaryWriter, retryAfterMs: number): void {
  const seconds = Math.trunc(retryAfterMs / 1000);
  const nanos = Math.round((retryAfterMs - seconds * 1000) * 1e6);
  body.uint32(tag(1)).fork().uint32(8).int64(seconds).uint32(16).int32(nanos).join();
}

/** Decodes the trailer; details of types that it does not know are passed over. Throws when the bytes are no Status. */
export function decodeStatusDetails(bytes: Uint8Array): StatusDetails {
  const found = { code: 0, message: '', reason: '', domain: '', metadata: {} as Record<string, string> };
  const fieldViolations: FieldViolation[] = [];
  let retryAfterMs: number | undefined;
  eachField(bytes, (field, reader) => {
    if (field === 1) found.code = reader.int32();
    else if (field === 2) found.message = reader.string();
    else if (field === 3) {
      const any = readAny(reader.bytes());
      if (any.type === 'ErrorInfo') readErrorInfo(any.value, found);
      if (any.type === 'BadRequest') readBadRequest(any.value, fieldViolations);
      if (any.type === 'RetryInfo') retryAfterMs = readRetryInfo(any.value);
    } else return false;
    return true;
  });
  return { ...found, fieldViolations, retryAfterMs };
}

/** Calls `read` per field; it returns false for a field that it left unread. */
function eachField(bytes: Uint8Array, read: (field: number, reader: BinaryReader) => boolean): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (!read(field, reader)) reader.skip(wireType, field);
  }
}

/** Reads a message whose fields 1 and 2 are strings: a map entry, a field violation. */
function readStringPair(bytes: Uint8Array): [string, string] {
  const pair: [string, string] = ['', ''];
  eachField(bytes, (field, reader) => {
    if (field !== 1 && field !== 2) return false;
    pair[field - 1] = reader.string();
    return true;
  });
  return pair;
}

function readAny(bytes: Uint8Array): { type: string; value: Uint8Array } {
  const any = { type: '', value: new Uint8Array() };
  eachField(bytes, (field, reader) => {
    if (field === 1) any.type = reader.string().replace(TYPE_URL, '');
    else if (field === 2) any.value = Uint8Array.from(reader.bytes());
    else return false;
    return true;
  });
  return any;
}

function readErrorInfo(
  bytes: Uint8Array,
  into: { reason: string; domain: string; metadata: Record<string, string> },
): void {
  eachField(bytes, (field, reader) => {
    if (field === 1) into.reason = reader.string();
    else if (field === 2) into.domain = reader.string();
    else if (field === 3) {
      const [key, value] = readStringPair(reader.bytes());
      Object.defineProperty(into.metadata, key, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    } else return false;
    return true;
  });
}

function readBadRequest(bytes: Uint8Array, into: FieldViolation[]): void {
  eachField(bytes, (field, reader) => {
    if (field !== 1) return false;
    const [name, description] = readStringPair(reader.bytes());
    into.push({ field: name, description });
    return true;
  });
}

function readRetryInfo(bytes: Uint8Array): number {
  let delayMs = 0;
  eachField(bytes, (field, reader) => {
    if (field !== 1) return false;
    eachField(reader.bytes(), (part, duration) => {
      if (part === 1) delayMs += Number(duration.int64()) * 1000;
      else if (part === 2) delayMs += duration.int32() / 1e6;
      else return false;
      return true;
    });
    return true;
  });
  return delayMs;
}
