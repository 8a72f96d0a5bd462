import type { Client } from '@grpc/grpc-js';
import type { Subject } from '../surface/access';
import type { SurfaceMethod } from '../surface/methods';
import { type Answer, rawCall } from '../surface/raw-call';
import type { Standing } from './identities';

/** What one caller met at one method: ADMITTED, NOT_ALLOWED, NO_IDENTITY, TLS_REFUSED, or whatever else it was, in words. */
export type Verdict = string;

/** No message begins with these bytes, so whoever is admitted is told so and nothing happens. */
const NO_MESSAGE = Buffer.from([0xff, 0xff, 0xff, 0xff]);

/** Nobody is admitted to a stream by these bytes, so none stays open. */
const KNOCK_MS = 10_000;

/** Knocks at a method: how far does this caller get? Nothing is done even where it is admitted. */
export async function knock(client: Client, method: SurfaceMethod): Promise<Verdict> {
  return verdictOf(await rawCall(client, method, [NO_MESSAGE], { openAfterMs: KNOCK_MS }));
}

function verdictOf({ status, reason, text }: Answer): Verdict {
  if (status === 'UNAVAILABLE' && reason === '') return 'TLS_REFUSED';
  if (status === 'UNAUTHENTICATED' && reason === 'NO_IDENTITY') return 'NO_IDENTITY';
  if (status === 'PERMISSION_DENIED' && reason === 'METHOD_NOT_ALLOWED') return 'NOT_ALLOWED';
  if (status === 'INVALID_ARGUMENT' && text.includes('not valid Protobuf')) return 'ADMITTED';
  return `${status} ${reason} ${text}`;
}

/** What the caller should meet, by the table of access rights. */
export function expectedVerdict(standing: Standing, allowed: readonly Subject[]): Verdict {
  if (standing === 'TLS_REFUSED' || standing === 'NO_IDENTITY') return standing;
  const kind = `${standing.slice(0, standing.indexOf('/'))}/*`;
  const isAllowed = allowed.some((subject) => subject === '*' || subject === standing || subject === kind);
  return isAllowed ? 'ADMITTED' : 'NOT_ALLOWED';
}
