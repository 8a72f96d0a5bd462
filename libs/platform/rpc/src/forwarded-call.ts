import { parseSpiffeId } from '@clearway/platform-pki';
import type { Metadata } from '@grpc/grpc-js';
import type { PeerIdentity } from './peer-identity';

/** Header with the shard that a call is for. It only picks a shard; what may be done there is decided as ever. */
export const SHARD_HEADER = 'clearway-shard';
/** Header with the SPIFFE id of the caller whose call another process of this service hands on. From anybody else it is refused. */
export const ON_BEHALF_HEADER = 'clearway-on-behalf-of';
const ADDRESS_HEADER = 'clearway-client-address';
const DEVICE_HEADER = 'clearway-client-device';

const VALUE_CHARS_MAX = 256;
/** What a gRPC header may hold as text. */
const NOT_PRINTABLE = /[^\x20-\x7e]/g;

/** A caller as the process that it connected to saw it. */
export interface ForwardedCaller {
  readonly spiffeId: string;
  /** host:port of the caller's end of its connection. */
  readonly address: string;
  /** User agent of the caller's client. */
  readonly device: string;
}

/** A forwarded caller whose name is one that certificates may carry. */
export interface ForwardedIdentity {
  readonly identity: PeerIdentity;
  readonly address: string;
  readonly device: string;
}

/** The headers that carry a caller from one process of a service to another. */
export function forwardedHeaders({ spiffeId, address, device }: ForwardedCaller): [string, string][] {
  return [
    [ON_BEHALF_HEADER, printable(spiffeId)],
    [ADDRESS_HEADER, printable(address)],
    [DEVICE_HEADER, printable(device)],
  ];
}

/** Whether a call says that it is somebody else's. */
export function isForwarded(metadata: Metadata): boolean {
  return metadata.get(ON_BEHALF_HEADER).length > 0;
}

/** Whose call this is by its headers; undefined for a name that no certificate can carry. */
export function forwardedIdentity(metadata: Metadata): ForwardedIdentity | undefined {
  const spiffeId = textOf(metadata, ON_BEHALF_HEADER);
  const parsed = parseSpiffeId(spiffeId);
  if (typeof parsed === 'string') return undefined;
  const identity = { spiffeId, commonName: parsed.name, ...parsed };
  return { identity, address: textOf(metadata, ADDRESS_HEADER), device: textOf(metadata, DEVICE_HEADER) };
}

/** The shard that a call names; empty when it names none. */
export function shardHeaderOf(metadata: Metadata): string {
  return textOf(metadata, SHARD_HEADER);
}

function textOf(metadata: Metadata, name: string): string {
  const [value] = metadata.get(name);
  return typeof value === 'string' ? value.slice(0, VALUE_CHARS_MAX) : '';
}

function printable(text: string): string {
  return text.replace(NOT_PRINTABLE, '?').slice(0, VALUE_CHARS_MAX);
}
