import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from '@clearway/platform-config';

/** The services that have a state to rebuild. */
export const SERVICES = ['trading', 'risk', 'clearing', 'audit'] as const;
/** One of SERVICES. */
export type ServiceName = (typeof SERVICES)[number];

const description = z.object({
  services: z.record(z.enum(SERVICES), z.string()),
  tls: z.object({ ca: z.string(), operator: z.object({ cert: z.string(), key: z.string() }) }),
  postgres: z.string(),
});

/** What a rebuild needs of `stack.json`. */
export type StackDescription = z.infer<typeof description> & { readonly dir: string };

/** Reads a stack.json. Throws with a sentence for people. */
export function readStack(file: string): StackDescription {
  if (!existsSync(file))
    throw new Error(`there is no ${file}: start the stack, or name its stack.json with --stack`);
  const parsed = description.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.success) return { ...parsed.data, dir: dirname(file) };
  throw new Error(`${file} does not describe a stack: ${parsed.error.issues[0]?.path.join('.')}`);
}

/** The assets of a development stack, which its services are started with. */
const DEVELOPMENT_ASSETS = 'USD:2,EUR:2,AMZN:0,AAPL:0,MSFT:0,BTC:8';

/** The settings of a service of the stack for a rebuild: its database, and addresses that nobody will call. */
export function rebuildSettings(stack: StackDescription, service: ServiceName): Record<string, string> {
  const database = new URL(stack.postgres);
  database.pathname = `/clearway_${service}`;
  const { services, tls } = stack;
  return {
    CLEARWAY_ASSETS: DEVELOPMENT_ASSETS,
    CLEARWAY_LISTEN: '127.0.0.1:0',
    CLEARWAY_INSTANCE: `${service}-rebuild`,
    CLEARWAY_LOG_LEVEL: 'error',
    CLEARWAY_POSTGRES_URL: database.href,
    CLEARWAY_POSTGRES_OWNER_URL: database.href,
    CLEARWAY_TLS_CA: tls.ca,
    CLEARWAY_TLS_CERT: tls.operator.cert,
    CLEARWAY_TLS_KEY: tls.operator.key,
    CLEARWAY_RISK_ADDRESS: services.risk,
    CLEARWAY_CLEARING_ADDRESS: services.clearing,
    CLEARWAY_SOURCES: `trading/0=${services.trading}`,
    CLEARWAY_AUDIT_KEY: join(stack.dir, 'audit-signing.key'),
  };
}
