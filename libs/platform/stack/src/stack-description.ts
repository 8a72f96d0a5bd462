import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from '@clearway/platform-config';
import type { TlsFiles } from '@clearway/platform-rpc';

const identity = z.object({ cert: z.string(), key: z.string() });

const description = z.object({
  services: z.object({ trading: z.string(), risk: z.string(), clearing: z.string(), audit: z.string() }),
  tls: z.object({
    ca: z.string(),
    operator: identity,
    participants: z.record(z.string(), identity.extend({ accounts: z.array(z.string()) })),
  }),
  postgres: z.string().optional(),
});

/** What a command needs of `stack.json`: where the services are, and certificates of an operator and of participants. */
export type StackDescription = z.infer<typeof description>;

/** Reads a `stack.json`. Throws with a sentence for people when it is not there or says too little. */
export function readStackFile(file: string): StackDescription {
  if (!existsSync(file)) throw new Error(`there is no ${file}: no stack is running there`);
  const parsed = description.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`${file} does not describe a stack: ${where.join('; ')}`);
}

/** The `stack.json` of the checkout, which is there exactly while its stack is ready; undefined when it is not. */
export function runningStackFile(checkoutDir: string): string | undefined {
  const file = join(checkoutDir, '.clearway', 'stack.json');
  return existsSync(file) ? file : undefined;
}

/** Certificate files of the operator. */
export function operatorTls({ tls }: StackDescription): TlsFiles {
  return { caPath: tls.ca, certPath: tls.operator.cert, keyPath: tls.operator.key };
}

/** Certificate files of a participant. Throws when the stack has none for it. */
export function participantTls({ tls }: StackDescription, name: string): TlsFiles {
  const files = tls.participants[name];
  if (!files) throw new Error(`the stack has no certificate for the participant ${name}`);
  return { caPath: tls.ca, certPath: files.cert, keyPath: files.key };
}
