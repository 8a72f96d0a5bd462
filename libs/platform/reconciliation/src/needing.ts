import { type InvariantResult, invariant } from '@clearway/kernel';
import type { Read } from './system-state';

/** The dumps themselves, once all of them were read. */
export type Needed<Reads> = { readonly [Name in keyof Reads]: Reads[Name] extends Read<infer T> ? T : never };

/** Evaluates one invariant on the dumps, or fails it. */
export type Evaluate<Reads> = (
  name: string,
  violations: (dumps: Needed<Reads>) => readonly string[],
) => InvariantResult;

/** Returns what evaluates an invariant on these dumps; one that was not read fails it, since nothing adds up to zero by absence. */
export function needing<Reads extends Readonly<Record<string, Read<unknown>>>>(
  reads: Reads,
): Evaluate<Reads> {
  const missing: string[] = [];
  const dumps: Record<string, unknown> = {};
  for (const [service, read] of Object.entries(reads)) {
    if (read.ok) dumps[service] = read.value;
    else missing.push(`${service} was not read: ${read.why}`);
  }
  return (name, violations) =>
    invariant(name, missing.length > 0 ? missing : violations(dumps as Needed<Reads>));
}
