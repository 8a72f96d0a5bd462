import type { audit, common } from '@clearway/contracts';
import { CallFailed } from '../stack/call-failed';
import { SAGA_HOSTS, SERVICES, type ServiceName, type Stack } from '../stack/stack';

/** Either what was read, or the failure of the call. */
export type Read<T> = { readonly value: T } | { readonly failure: CallFailed };

/** What one service says of itself. */
export interface ServiceStatus {
  readonly service: ServiceName;
  readonly address: string;
  readonly health: Read<'serving' | 'not serving'>;
  /** Its own invariants, with the journal position that they were evaluated at. */
  readonly invariants: Read<common.CheckInvariantsResponse>;
  /** Sagas that it hosts; undefined for a service that hosts none. */
  readonly sagas: Read<common.JournalPosition> | undefined;
}

/** What is known of the whole stack. */
export interface StackStatus {
  readonly services: readonly ServiceStatus[];
  readonly coverage: Read<audit.ListCoverageResponse>;
}

/** A service goes through its whole state for this. */
const INVARIANTS_TIMEOUT_MS = 60_000;

/** Asks every service at the same time. A service that does not answer leaves the failure in its place. */
export async function readStatus(stack: Stack): Promise<StackStatus> {
  // Coverage is read last: an event that a position counts may then be covered already, never the other way round.
  const services = await Promise.all(SERVICES.map((service) => readService(stack, service)));
  return { services, coverage: await read(() => stack.audit.call('listCoverage', {})) };
}

async function readService(stack: Stack, service: ServiceName): Promise<ServiceStatus> {
  const health = await read(async () => {
    const { serving } = await stack.health(service).call('check', {});
    return serving ? ('serving' as const) : ('not serving' as const);
  });
  if ('failure' in health)
    return { service, address: stack.addressOf(service), health, invariants: health, sagas: undefined };
  const [invariants, sagas] = await Promise.all([
    read(() => stack.invariants(service).call('checkInvariants', {}, { timeoutMs: INVARIANTS_TIMEOUT_MS })),
    readSagas(stack, service),
  ]);
  return { service, address: stack.addressOf(service), health, invariants, sagas };
}

async function readSagas(stack: Stack, service: ServiceName): Promise<ServiceStatus['sagas']> {
  const host = SAGA_HOSTS.find((known) => known === service);
  if (host === undefined) return undefined;
  return read(async () => {
    const page = { parkedOnly: true, pageSize: 1, pageToken: '' };
    const { position } = await stack.sagas(host).call('listSagas', page);
    return position ?? { shard: host, nextEvent: 0, liveSagas: 0, parkedSagas: 0 };
  });
}

async function read<T>(ask: () => Promise<T>): Promise<Read<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    if (error instanceof CallFailed) return { failure: error };
    throw error;
  }
}
