import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createDatabases } from '@clearway/platform-postgres';
import type { DevstackArguments } from './arguments';
import { type Certificates, ensureCertificates } from './certificates';
import { ChildRecords } from './child-records';
import { requireDiskSpace } from './disk-space';
import { waitUntilServing } from './health-probe';
import { accountOf, OPERATOR, PARTICIPANTS, SERVICES, type ServiceName } from './identities';
import { MarketSimulator } from './market/market-simulator';
import { choosePorts } from './ports';
import { PostgresKeeper } from './postgres-keeper';
import { claimRunLock } from './run-lock';
import { ensureSampleData } from './sample-data';
import { ensurePasswords } from './secrets';
import { addressOf, planServices, requireBuilt } from './service-plan';
import { connectStack, type StackClients } from './stack-clients';
import type { StackConsole } from './stack-console';
import { removeStackFile, type StackDescription, writeStackFile } from './stack-file';
import { StartupError } from './startup-error';
import { Supervisor } from './supervisor';
import type { Teardown } from './teardown';

/** What a start needs to know besides the command line. */
export interface StackSurroundings {
  /** Folder that `apps/` lies in. */
  readonly checkoutDir: string;
  /** The environment that services inherit. */
  readonly inherited: Readonly<Record<string, string>>;
  readonly console: StackConsole;
  /** Filled as things start; running it undoes the start, wherever it stands. */
  readonly teardown: Teardown;
  /** Aborted when the start shall be given up. */
  readonly signal: AbortSignal;
}

/** A stack that is ready. */
export interface RunningStack {
  readonly stackFile: string;
  readonly description: StackDescription;
}

const SERVING_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 8_000;

/**
 * Starts everything, in order; each step says what it leaves for the teardown.
 * @throws StartupError, EmbeddedPostgresError or a system error; the signal's reason when the start was given up
 */
export async function startStack(
  options: DevstackArguments,
  surroundings: StackSurroundings,
): Promise<RunningStack> {
  const { console, teardown, signal } = surroundings;
  const { stateDir } = options;

  // 1. The state folder is ours alone, and nothing of an earlier run is left.
  requireBuilt(surroundings.checkoutDir);
  await mkdir(stateDir, { recursive: true, mode: 0o755 });
  const stackFile = join(stateDir, 'stack.json');
  const records = await takeOver(stateDir, stackFile, surroundings);
  await requireDiskSpace(stateDir);

  // 2. Ports, certificates, secrets, database.
  const ports = await choosePorts(SERVICES, options.portsFrom);
  const certificates = await ensureCertificates(join(stateDir, 'pki'));
  const signingKeyFile = join(stateDir, 'audit-signing.key');
  signal.throwIfAborted();
  const postgres = await PostgresKeeper.start(options, console);
  teardown.add(
    'Postgres',
    async () => postgres.stop(),
    () => postgres.kill(),
  );
  const databases = await createServiceDatabases(stateDir, postgres.url);
  signal.throwIfAborted();

  // 3. Services, until all of them serve.
  const { checkoutDir, inherited } = surroundings;
  const { logLevel } = options;
  const plans = planServices({
    checkoutDir,
    ports,
    databases,
    certificates,
    signingKeyFile,
    logLevel,
    inherited,
  });
  const supervisor = new Supervisor(plans, records, console);
  teardown.add(
    'the services',
    async () => supervisor.stop(STOP_TIMEOUT_MS),
    () => supervisor.kill(),
  );
  supervisor.start();
  const addressOfService = (name: ServiceName): string => addressOf(name, ports);
  await untilAllServe(supervisor, addressOfService, certificates, signal);

  // 4. Sample data, then the file that says "ready", then a market.
  const clients = connectStack(addressOfService, certificates('operator', OPERATOR));
  await ensureSampleData(clients, signal, console).finally(() => clients.close());
  const description = describeStack(addressOfService, certificates, postgres.url);
  teardown.add(
    'stack.json',
    async () => removeStackFile(stackFile),
    () => rmSync(stackFile, { force: true }),
  );
  await writeStackFile(stackFile, description);
  if (options.simulate) startMarket(surroundings, (name) => connectAs(name, addressOfService, certificates));
  return { stackFile, description };
}

/** Claims the state folder and ends what a killed run left in it. */
async function takeOver(
  stateDir: string,
  stackFile: string,
  { console, teardown }: StackSurroundings,
): Promise<ChildRecords> {
  const lock = await claimRunLock(stateDir);
  const release = (): void => lock.release();
  teardown.add('the lock', release, release);
  if (lock.tookOver) console.warn('An earlier run ended without stopping; its state is taken over.');
  await removeStackFile(stackFile);
  const records = new ChildRecords(join(stateDir, 'run'));
  for (const { name, pid, wasKilled } of await records.stopLeftBehind())
    console.warn(
      `${name} (pid ${pid}) was left behind by an earlier run; it was ${wasKilled ? 'killed' : 'stopped'}.`,
    );
  return records;
}

async function createServiceDatabases(stateDir: string, url: string): ReturnType<typeof createDatabases> {
  const passwords = await ensurePasswords(stateDir, SERVICES);
  const wanted = [...passwords].map(([service, { owner, app }]) => ({
    service,
    ownerPassword: owner,
    appPassword: app,
  }));
  return createDatabases(url, wanted);
}

async function untilAllServe(
  supervisor: Supervisor,
  addressOfService: (name: ServiceName) => string,
  certificates: Certificates,
  signal: AbortSignal,
): Promise<void> {
  const tls = certificates('operator', OPERATOR);
  const waits = SERVICES.map(async (name) =>
    waitUntilServing({ name, address: addressOfService(name), tls }, SERVING_TIMEOUT_MS, signal),
  );
  const hopeless = supervisor.hopeless.then((why) => {
    throw new StartupError(why);
  });
  await Promise.race([Promise.all(waits), hopeless]);
}

function connectAs(
  participant: string,
  addressOfService: (name: ServiceName) => string,
  certificates: Certificates,
): StackClients {
  return connectStack(addressOfService, certificates('participant', participant));
}

function startMarket(
  { console, teardown }: StackSurroundings,
  connect: (participant: string) => StackClients,
): void {
  const market = new MarketSimulator(connect, console);
  teardown.add('the market simulator', async () => market.stop());
  market.start();
}

function describeStack(
  addressOfService: (name: ServiceName) => string,
  certificates: Certificates,
  postgres: string,
): StackDescription {
  const { ca, cert, key } = certificates('operator', OPERATOR);
  const participants = PARTICIPANTS.map((name) => {
    const files = certificates('participant', name);
    return [name, { cert: files.cert, key: files.key, accounts: [accountOf(name)] }] as const;
  });
  return {
    services: Object.fromEntries(SERVICES.map((name) => [name, addressOfService(name)])),
    tls: { ca, operator: { cert, key }, participants: Object.fromEntries(participants) },
    postgres,
  };
}
