import { existsSync, readFileSync } from 'node:fs';
import { z } from '@clearway/platform-config';
import type { TlsFiles } from '@clearway/platform-rpc';
import { nearest } from '../line/suggest';
import { UsageError } from '../line/usage-error';
import { StackMissing } from './stack-missing';

const identity = z.object({ cert: z.string(), key: z.string() });

const description = z.object({
  services: z.object({ trading: z.string(), risk: z.string(), clearing: z.string(), audit: z.string() }),
  tls: z.object({
    ca: z.string(),
    operator: identity,
    participants: z.record(z.string(), identity.extend({ accounts: z.array(z.string()) })),
  }),
});

/** What this program needs of `stack.json`: where the services are, and certificates of an operator and of participants. */
export type StackDescription = z.infer<typeof description>;

/** Name under which the operator's certificate is asked for, besides leaving `--as` out. */
export const OPERATOR = 'operator';

/**
 * Reads a `stack.json`.
 * @throws StackMissing when it is not there, so no stack runs, or when it says too little
 */
export function readStackFile(file: string): StackDescription {
  if (!existsSync(file)) throw new StackMissing(`There is no ${file}, so no stack is running there.`);
  const parsed = description.safeParse(jsonIn(file));
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new StackMissing(`${file} does not describe a stack: ${where.join('; ')}.`);
}

/** Whose certificate to call with, as the command line says it; empty texts where it says nothing. */
export interface AskedIdentity {
  readonly as: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * The certificate files of an identity: the operator's when none is asked for.
 * @throws UsageError when the stack has none of that name
 */
export function tlsOf({ tls }: StackDescription, { as, cert, key }: AskedIdentity): TlsFiles {
  if (cert !== '' || key !== '') return ownFiles(tls.ca, { as, cert, key });
  if (as === '' || as === OPERATOR)
    return { caPath: tls.ca, certPath: tls.operator.cert, keyPath: tls.operator.key };
  const files = tls.participants[as];
  if (files) return { caPath: tls.ca, certPath: files.cert, keyPath: files.key };
  const names = Object.keys(tls.participants);
  const meant = nearest(as, names);
  throw new UsageError(
    `The stack has no certificate for “${as}”.`,
    meant ? `Did you mean “${meant}”?` : `It has them for ${names.join(', ')}.`,
  );
}

function ownFiles(caPath: string, { as, cert, key }: AskedIdentity): TlsFiles {
  if (cert === '' || key === '' || as !== '')
    throw new UsageError('--cert FILE and --key FILE go together, and without --as.');
  const missing = [cert, key].find((file) => !existsSync(file));
  if (missing !== undefined) throw new UsageError(`There is no file ${missing}.`);
  return { caPath, certPath: cert, keyPath: key };
}

function jsonIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new StackMissing(
      `${file} can not be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
