import { type PeerIdentity, subjectOf } from './peer-identity';
import type { WireService } from './wire-service';

/**
 * Who may call: one identity (`svc/trading`), all of a kind (`participant/*`), or `*` for every identity that our
 * certificate authority has issued.
 */
export type AllowPattern = '*' | `svc/${string}` | `operator/${string}` | `participant/${string}`;

/**
 * Who may call which method of a service. Every method has an entry, so a new method does not compile until somebody has
 * said who may call it; an empty list means nobody.
 */
export type AllowTable<Service extends WireService> = {
  readonly [Name in keyof Service & string as Capitalize<Name>]: readonly AllowPattern[];
};

/** Decides for one method; built once at start, asked once a call. */
export type AllowRule = (identity: PeerIdentity) => boolean;

const ANY_NAME = '/*';

/** Compiles one entry of an allow-table. What no pattern names is denied. */
export function allowRule(patterns: readonly AllowPattern[]): AllowRule {
  if (patterns.includes('*')) return () => true;
  const subjects = new Set<string>(patterns);
  const kinds = new Set(
    patterns.filter((pattern) => pattern.endsWith(ANY_NAME)).map((pattern) => pattern.slice(0, -2)),
  );
  return (identity) => {
    const subject = subjectOf(identity);
    return kinds.has(subject.slice(0, subject.indexOf('/'))) || subjects.has(subject);
  };
}
