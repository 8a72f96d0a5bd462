import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority, issueCertificate } from '@clearway/platform-pki';
import { CLUSTER_PASSWORD, type Cluster, SERVICES, type ServiceName, until } from '@clearway/testing';
import type { Client } from '@grpc/grpc-js';
import { Client as Database } from 'pg';
import { expectedVerdict, knock } from './identity/access-matrix';
import { type Caller, makeCallers, type Standing } from './identity/identities';
import { ACCESS, type Subject } from './surface/access';
import { brokenInvariants, honestOrder, PARTICIPANTS, startTarget } from './surface/market';
import { methodsOf, type SurfaceMethod } from './surface/methods';
import { hostileClient } from './surface/raw-call';
import { servedServices } from './surface/served-services';

/** One row of the matrix. */
interface Door {
  readonly process: ServiceName;
  readonly method: SurfaceMethod;
  readonly allowed: readonly Subject[];
}

let cluster: Cluster;
let callers: Caller[];
const clients: Client[] = [];

beforeAll(async () => {
  cluster = await startTarget();
  callers = await makeCallers(cluster);
});

afterAll(async () => {
  for (const client of clients) client.close();
  await cluster.close();
});

describe('identity', () => {
  const doors: Door[] = [];

  test('what is served is what the table of access rights lists, method by method', async () => {
    for (const process of SERVICES) {
      const served = await servedServices(open(process, 'operator/admin'));
      expect(Object.keys(ACCESS[process]).sort()).toEqual(served);
      for (const service of served) {
        const rights = ACCESS[process][service] ?? {};
        const methods = methodsOf(service);
        expect(Object.keys(rights).sort()).toEqual(methods.map(({ name }) => nameOf(name)).sort());
        for (const method of methods)
          doors.push({ process, method, allowed: rights[nameOf(method.name)] ?? [] });
      }
    }
  });

  test('every caller gets as far as it may at every method, and no further', async () => {
    const wrong: string[] = [];
    await Promise.all(SERVICES.map((process) => refusesTheRevoked(process)));
    for (const { name, standing } of callers) {
      const opened = new Map(SERVICES.map((process) => [process, open(process, name)] as const));
      const seen = await Promise.all(
        doors.map(async ({ process, method, allowed }) => {
          const found = await knockAgain(opened.get(process) as Client, method, standing);
          const expected = expectedVerdict(standing, allowed);
          return found === expected
            ? []
            : [`${name} at ${process} ${method.name}: ${found}, not ${expected}`];
        }),
      );
      wrong.push(...seen.flat());
    }
    const cells = callers.length * doors.length;
    console.info(`identity matrix: ${callers.length} callers × ${doors.length} methods = ${cells} cells`);
    expect(wrong).toEqual([]);
  });

  test.each(['trading', 'risk', 'clearing'] as const)(
    'a refusal at %s is found in the audit log with peer, method, address and reason',
    async (process) => {
      const door = doors.find(
        (each) => each.process === process && each.method.name.endsWith('.CheckInvariants'),
      );
      if (door === undefined) throw new Error('the matrix is empty');
      for (const [caller, actor, result] of [
        ['participant/bob', 'spiffe://clearway/participant/bob', 'METHOD_NOT_ALLOWED'],
        ['revoked', 'spiffe://clearway/operator/revoked', 'NO_IDENTITY'],
      ] as const) {
        await new Promise((resolve) => setTimeout(resolve, 1_100));
        await knock(open(process, caller), door.method);
        const entry = await until(`the refusal of ${caller} in the audit log`, async () => {
          const search = { ...EVERYTHING, action: 'platform.AccessRefused', actor, shard: `${process}/0` };
          const { entries } = await cluster.operator.audit.call('listEntries', search);
          return entries.find(
            ({ method, detailJson }) => method === door.method.path && detailJson.includes(result),
          );
        });
        expect(entry.address).toMatch(/^127\.0\.0\.1:\d+$/);
        expect(entry.actor).toBe(actor);
      }
    },
  );

  test('certificates and the authority itself are renewed under load without a failed call', async () => {
    const load = startLoad();
    await until('some calls before', () => load.answered > 20);
    const next = await createAuthority();
    const pki = join(cluster.stateDir, 'pki');
    const old = await readFile(join(pki, 'ca.crt'), 'utf8');
    // 1 Everybody trusts both. 2 Everybody shows a certificate of the new one. 3 Nobody trusts the old one any more.
    await reloaded(() => writeFile(join(pki, 'ca.crt'), old + next.certificatePem));
    await reloaded(async () => {
      for (const name of SERVICES) await renew(pki, `service-${name}`, `svc/${name}`, next);
      await renew(pki, 'operator-admin', 'operator/admin', next);
      for (const name of PARTICIPANTS) await renew(pki, `participant-${name}`, `participant/${name}`, next);
    });
    await reloaded(() => writeFile(join(pki, 'ca.crt'), next.certificatePem));
    const before = load.answered;
    await until('calls under the new authority', () => load.answered > before + 20);
    await load.stop();
    expect(load.failures).toEqual([]);
    console.info(`authority rotated under ${load.answered} calls, none failed`);
    expect(await brokenInvariants(cluster)).toEqual([]);
    const ofOld = callers.find(({ name }) => name === 'of an unknown service');
    const health = methodsOf('grpc.health.v1.Health')[0] as SurfaceMethod;
    for (const process of SERVICES)
      expect(await knock(connect(process, ofOld?.bearer as Caller['bearer']), health)).toBe('TLS_REFUSED');
  });
});

describe("a service's database role", () => {
  test.each(
    SERVICES.flatMap((own) =>
      SERVICES.filter((other) => other !== own).map((other) => [own, other] as const),
    ),
  )("%s's cannot even connect to %s's database", async (own, other) => {
    await expect(asRole(own, other, 'SELECT 1')).rejects.toMatchObject({ code: '42501' });
  });

  test.each(SERVICES)(
    "%s's can read and add to its journal, and change neither it nor any table",
    async (own) => {
      expect(Number(await asRole(own, own, 'SELECT count(*) FROM journal_batches'))).toBeGreaterThan(0);
      for (const sql of [
        `UPDATE journal_batches SET payload = ''`,
        'DELETE FROM journal_batches',
        'TRUNCATE journal_batches',
        'DROP TABLE journal_batches',
        'CREATE TABLE x ()',
        'ALTER TABLE journal_batches ADD COLUMN x int',
        `INSERT INTO schema_migrations (id, checksum) VALUES ('x', 'y')`,
        'SELECT * FROM pg_authid',
        `COPY journal_batches TO PROGRAM 'cat'`,
      ]) {
        await expect(asRole(own, own, sql)).rejects.toMatchObject({ code: '42501' });
      }
    },
  );
});

const EVERYTHING = {
  account: '',
  actor: '',
  resource: '',
  action: '',
  traceId: '',
  order: '',
  participant: '',
  shard: '',
  fromMicros: 0,
  toMicros: 0,
  pageSize: 500,
  pageToken: '',
};

/** Longer than services take to look at their files again, and to let old connections go. */
const RELOAD_MS = 3_000;

async function reloaded(change: () => Promise<void>): Promise<void> {
  await change();
  await new Promise((resolve) => setTimeout(resolve, RELOAD_MS));
}

async function renew(
  pki: string,
  file: string,
  subject: string,
  authority: Awaited<ReturnType<typeof createAuthority>>,
): Promise<void> {
  const made = await issueCertificate(authority, {
    spiffeId: `spiffe://clearway/${subject}`,
    commonName: subject.slice(subject.indexOf('/') + 1),
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    days: 1,
  });
  await writeFile(join(pki, `${file}.key`), made.privateKeyPem);
  await writeFile(join(pki, `${file}.crt`), made.certificatePem);
}

/** Orders, which pass through trading, risk and clearing, and questions to each service, one after the other. */
function startLoad(): { answered: number; failures: string[]; stop(): Promise<void> } {
  const state = { answered: 0, failures: [] as string[], stop: () => Promise.resolve() };
  const carol = cluster.as('carol');
  let running = true;
  const repeat = async (call: () => Promise<unknown>): Promise<void> => {
    while (running) {
      await call().then(
        () => (state.answered += 1),
        (error: unknown) => state.failures.push(String(error)),
      );
    }
  };
  const loops = [
    repeat(() => honestOrder(carol)),
    ...SERVICES.map((name) => repeat(() => cluster.operator.invariants[name].call('checkInvariants', {}))),
  ];
  state.stop = async () => {
    running = false;
    await Promise.all(loops);
  };
  return state;
}

/** A connection whose certificate is found revoked is let go with whatever else is on its way, so that is sent again. */
async function knockAgain(client: Client, method: SurfaceMethod, standing: Standing): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await knock(client, method);
    if (found !== 'TLS_REFUSED' || standing === 'TLS_REFUSED' || attempt === KNOCKS_MAX) return found;
  }
}

const KNOCKS_MAX = 50;

async function refusesTheRevoked(process: ServiceName): Promise<void> {
  const health = methodsOf('grpc.health.v1.Health')[0] as SurfaceMethod;
  const client = open(process, 'revoked');
  await until('the revocation list to be read', async () => (await knock(client, health)) === 'NO_IDENTITY');
}

function open(process: ServiceName, name: string): Client {
  const caller = callers.find((each) => each.name === name);
  if (caller === undefined) throw new Error(`no caller ${name}`);
  return connect(process, caller.bearer);
}

function connect(process: ServiceName, bearer: Caller['bearer']): Client {
  const client = hostileClient(cluster.addressOf(process), bearer);
  clients.push(client);
  return client;
}

function nameOf(method: string): string {
  return method.slice(method.indexOf('.') + 1);
}

/** Runs a statement as one service's role in the database of another; the first value of the first row. */
async function asRole(role: ServiceName, database: ServiceName, sql: string): Promise<unknown> {
  const url = new URL(cluster.postgresUrl);
  url.username = `clearway_${role}_app`;
  url.password = CLUSTER_PASSWORD;
  url.pathname = `/clearway_${database}`;
  const client = new Database({ connectionString: url.href });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}
