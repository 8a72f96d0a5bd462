import { generateKeyPairSync } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { common } from '@clearway/contracts';
import { createDatabases, temporaryHome } from '@clearway/platform-postgres';
import { RpcChannel, RpcClient, tlsFilesOf } from '@clearway/platform-rpc';
import { Child, freePorts, Peer, SERVICES, type ServiceName, SILENT_LOG, until } from '@clearway/testing';
import { CertificateFolders } from './certificates';
import { migrateAll } from './migrate-all';
import { PROCESSES, type ProcessName, planProcess, SHARDS } from './process-plan';
import { overTls, startTlsPostgres, type TlsPostgres } from './tls-postgres';
import { hasRedisServer, TlsRedis } from './tls-redis';

/** Who trades in the trial. */
export const PARTICIPANTS: readonly string[] = ['alice', 'carol', 'erin', 'judy'];

const CHECKOUT_DIR = resolve(__dirname, '..', '..', '..');
const PASSWORD = 'production-trial-3f9c27';
const SERVED_TIMEOUT_MS = 60_000;
const CALL = { idempotent: true, timeoutMs: 2_000 } as const;

/** Who is called comes before who calls. */
const STARTED: readonly ServiceName[] = ['risk', 'clearing', 'trading', 'audit'];

/** Owners of a service's shards by index, as a process of it tells; empty where nobody serves. */
export type Owners = readonly string[];

/** The production configuration as plain processes on one machine. */
export class Production {
  readonly operator: Peer;
  private readonly peers: Peer[] = [];
  private readonly directories = new Map<string, RpcClient<typeof common.ShardDirectoryServiceService>>();

  private constructor(
    readonly stateDir: string,
    readonly postgres: TlsPostgres,
    readonly certificates: CertificateFolders,
    readonly processes: readonly ProcessName[],
    private readonly children: ReadonlyMap<string, Child>,
    /** The trial's own Redis; undefined where there is none, or another was named. */
    readonly redis: TlsRedis | undefined,
  ) {
    this.operator = this.connect('operator-admin');
  }

  /** Starts everything and waits until every shard is served and every process is known to the others. */
  static async start(options: {
    logFile?: string | undefined;
    redisUrl?: string | undefined;
  }): Promise<Production> {
    const stateDir = await temporaryHome('clearway-production-');
    const certificates = await CertificateFolders.create(join(stateDir, 'certificates'));
    const postgresTls = await certificates.issue({
      folder: 'postgres',
      identity: { kind: 'service', name: 'postgres' },
    });
    const postgres = await startTlsPostgres(join(stateDir, 'postgres'), postgresTls);
    const processes = await nameProcesses();
    for (const { instance, service } of processes)
      await certificates.issue({ folder: instance, identity: { kind: 'service', name: service } });
    await certificates.issue({ folder: 'operator-admin', identity: { kind: 'operator', name: 'admin' } });
    for (const name of PARTICIPANTS)
      await certificates.issue({ folder: `participant-${name}`, identity: { kind: 'participant', name } });
    const revokedPath = join(stateDir, 'revoked.txt');
    await writeFile(revokedPath, '');
    const auditKeyPath = join(stateDir, 'audit.key');
    await writeFile(auditKeyPath, newAuditKey(), { mode: 0o600 });
    const databases = await createDatabases(
      postgres.url,
      SERVICES.map((service) => ({ service, ownerPassword: PASSWORD, appPassword: PASSWORD })),
    );
    const urlOf = (service: ServiceName, role: 'ownerUrl' | 'appUrl'): string => {
      const found = databases.find((each) => each.service === service);
      if (found === undefined) throw new Error(`no database was made for ${service}`);
      return overTls(found[role], postgresTls.ca);
    };
    await migrateAll(CHECKOUT_DIR, (service) => urlOf(service, 'ownerUrl'));
    const named = options.redisUrl === undefined ? {} : { CLEARWAY_REDIS_URL: options.redisUrl };
    const redis =
      options.redisUrl === undefined && hasRedisServer()
        ? await TlsRedis.start(
            stateDir,
            await certificates.issue({ folder: 'redis', identity: { kind: 'service', name: 'redis' } }),
          )
        : undefined;
    const surroundings = {
      checkoutDir: CHECKOUT_DIR,
      stateDir,
      processes,
      databaseUrlOf: (service: ServiceName) => urlOf(service, 'appUrl'),
      tlsOf: (instance: string) => certificates.pathsOf(instance),
      revokedPath,
      auditKeyPath,
      redisSettings: redis?.settings ?? named,
      logFile: options.logFile,
    };
    const children = new Map(
      processes.map((each) => [each.instance, new Child(planProcess(each, surroundings))] as const),
    );
    const production = new Production(stateDir, postgres, certificates, processes, children, redis);
    try {
      for (const service of STARTED) await production.startService(service);
      return production;
    } catch (error) {
      const last = [...children.values()].flatMap(({ plan, lines }) =>
        lines.slice(-4).map((line) => `${plan.name} ${line}`),
      );
      await production.close();
      throw new Error(`the production configuration did not start\n${last.join('\n')}`, { cause: error });
    }
  }

  /** Starts a service's processes one after the other, as a StatefulSet does, and waits until its shards are shared out. */
  private async startService(service: ServiceName): Promise<void> {
    for (const { instance } of this.of(service)) {
      this.process(instance).start();
      await until(
        `${instance} to join`,
        async () => (await this.mapOf(service))?.members.some((each) => each.instance === instance) === true,
        { timeoutMs: SERVED_TIMEOUT_MS },
      );
    }
    await this.settled(service);
  }

  /** Connects with a holder's certificate to whichever processes serve. */
  connect(folder: string): Peer {
    const tls = tlsFilesOf(this.certificates.pathsOf(folder));
    const peer = new Peer((service) => this.of(service).map(({ port }) => `127.0.0.1:${port}`), tls);
    this.peers.push(peer);
    return peer;
  }

  /** Connects as a participant. */
  as(participant: string): Peer {
    return this.connect(`participant-${participant}`);
  }

  of(service: ServiceName): readonly ProcessName[] {
    return this.processes.filter((each) => each.service === service);
  }

  process(instance: string): Child {
    const child = this.children.get(instance);
    if (child === undefined) throw new Error(`no process ${instance}`);
    return child;
  }

  /** Who serves each shard now, by what the first process that answers says; undefined while none does. */
  async owners(service: ServiceName): Promise<Owners | undefined> {
    return (await this.mapOf(service))?.shards.map(({ instance }) => instance);
  }

  /** Waits until every shard of a service is served, its running processes know each other and shards are shared out. */
  async settled(service: ServiceName): Promise<void> {
    const running = this.of(service).filter(({ instance }) => this.process(instance).isRunning);
    const share = Math.ceil(SHARDS[service] / running.length);
    await until(
      `${service} to have its shards shared out`,
      async () => {
        const map = await this.mapOf(service);
        if (map === undefined || map.members.length !== running.length) return false;
        const owners = map.shards.map(({ instance }) => instance);
        if (owners.includes('')) return false;
        return running.every(({ instance }) => owners.filter((owner) => owner === instance).length <= share);
      },
      { timeoutMs: SERVED_TIMEOUT_MS },
    );
  }

  /** Ends everything and removes its files. */
  async close(): Promise<void> {
    await this.certificates.stopRotation();
    for (const peer of this.peers) peer.close();
    for (const client of this.directories.values()) client.close();
    await Promise.all([...this.children.values()].map((child) => child.kill()));
    await this.redis?.kill();
    await this.postgres.server.stop();
    await rm(this.stateDir, { recursive: true, force: true });
  }

  /** Services without routes (audit) tell the same map. */
  private async mapOf(service: ServiceName): Promise<common.ShardMap | undefined> {
    for (const { instance, port } of this.of(service)) {
      if (!this.process(instance).isRunning) continue;
      const { map } = await this.directory(service, port)
        .call('getShardMap', {}, CALL)
        .catch(() => ({ map: undefined }));
      if (map !== undefined) return map;
    }
    return undefined;
  }

  private directory(
    service: ServiceName,
    port: number,
  ): RpcClient<typeof common.ShardDirectoryServiceService> {
    const address = `127.0.0.1:${port}`;
    let client = this.directories.get(address);
    if (client === undefined) {
      const tls = tlsFilesOf(this.certificates.pathsOf('operator-admin'));
      const channel = new RpcChannel({ address, tls, expect: `svc/${service}`, log: SILENT_LOG });
      client = new RpcClient(channel, common.ShardDirectoryServiceService);
      this.directories.set(address, client);
    }
    return client;
  }
}

async function nameProcesses(): Promise<ProcessName[]> {
  const total = SERVICES.reduce((sum, service) => sum + PROCESSES[service], 0);
  const ports = await freePorts(total);
  return SERVICES.flatMap((service) =>
    Array.from({ length: PROCESSES[service] }, (_, at) => ({
      service,
      instance: `${service}-${'abc'[at] ?? at}`,
      port: ports.pop() ?? 0,
    })),
  );
}

function newAuditKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
