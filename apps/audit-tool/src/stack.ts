import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { audit } from '@clearway/contracts';
import { z } from '@clearway/platform-config';
import { createRpcClient, type RpcClient } from '@clearway/platform-rpc';

const description = z.object({
  services: z.object({ audit: z.string() }),
  tls: z.object({ ca: z.string(), operator: z.object({ cert: z.string(), key: z.string() }) }),
  postgres: z.string().optional(),
});

/** What these commands need of `stack.json`: where audit is, and an operator's certificate. */
export type StackDescription = z.infer<typeof description>;

/** A client of the audit service. */
export type AuditClient = RpcClient<typeof audit.AuditServiceService>;

/** Longest message that is taken from audit, in bytes: one entry may have 16 MiB. */
const MESSAGE_BYTES_MAX = 34_000_000;
/** From `apps/audit-tool/dist` to the checkout, whatever folder the command is started from. */
const CHECKOUT_DIR = resolve(__dirname, '..', '..', '..');

/** Reads the stack.json given, else that of the checkout. Throws with a sentence for people. */
export function readStack(file = join(CHECKOUT_DIR, '.clearway', 'stack.json')): StackDescription {
  if (!existsSync(file))
    throw new Error(`there is no ${file}: start the stack, or name its stack.json with --stack`);
  const parsed = description.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Error(`${file} does not describe a stack: ${parsed.error.issues[0]?.path.join('.')}`);
}

/** Connects to audit as the stack's operator. */
export function connectAudit({ services, tls }: StackDescription): AuditClient {
  const say = (fields: object, message: string): void => {
    process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
  };
  return createRpcClient(audit.AuditServiceClient, {
    address: services.audit,
    tls: { caPath: tls.ca, certPath: tls.operator.cert, keyPath: tls.operator.key },
    expect: 'svc/audit',
    log: { info: () => undefined, warn: say, error: say },
    receiveMessageBytesMax: MESSAGE_BYTES_MAX,
  });
}
