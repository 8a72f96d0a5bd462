import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, openMarket, SERVICES, startCluster, until } from '@clearway/testing';
import { EDGES } from './edges';
import { FakeClocks } from './fake-clocks';
import { KeptPostgres } from './kept-postgres';
import { KeptServices } from './kept-services';
import { SmallDisk } from './small-disk';

const HEALED_TIMEOUT_MS = 90_000;

/** Everything that faults happen to: the services, their database and its disk, the ways between them, and their clocks. */
export class ChaosWorld {
  readonly services: KeptServices;
  readonly postgres: KeptPostgres;

  private constructor(
    readonly cluster: Cluster,
    readonly disk: SmallDisk,
    readonly clocks: FakeClocks,
    private readonly dir: string,
  ) {
    this.services = new KeptServices(cluster);
    this.postgres = new KeptPostgres(cluster);
  }

  /** Starts all of it and opens a market for the participants. */
  static async start(participants: readonly string[], logFile: string | undefined): Promise<ChaosWorld> {
    const dir = mkdtempSync(join(tmpdir(), 'clearway-chaos-'));
    chmodSync(dir, 0o755);
    const disk = SmallDisk.mount(join(dir, 'disk'));
    const clocks = new FakeClocks(dir);
    try {
      const cluster = await startCluster({
        participants,
        proxied: EDGES,
        postgresDir: join(dir, 'disk', 'postgres'),
        logLevel: 'info',
        settingsOf: (service) => clocks.settingsOf(service),
        ...(logFile === undefined ? {} : { logFile }),
      });
      await openMarket(cluster.operator, participants);
      return new ChaosWorld(cluster, disk, clocks, dir);
    } catch (error) {
      discard(disk, dir);
      throw error;
    }
  }

  /** Ends all trouble and waits until every service serves again. */
  async heal(): Promise<void> {
    for (const edge of EDGES) this.cluster.link(edge).heal();
    if (this.disk.unavailable === undefined) this.disk.free();
    for (const service of SERVICES) {
      this.clocks.step(service, 0);
      this.cluster.process(service).signal('SIGCONT');
    }
    for (const service of SERVICES) {
      const serves = async (): Promise<boolean> => {
        await this.cluster.serving(service);
        return true;
      };
      await until(`${service} to serve after the faults`, serves, { timeoutMs: HEALED_TIMEOUT_MS });
    }
  }

  async close(): Promise<void> {
    this.services.stop();
    this.postgres.stop();
    await this.cluster.close();
    discard(this.disk, this.dir);
  }
}

function discard(disk: SmallDisk, dir: string): void {
  disk.unmount();
  rmSync(dir, { recursive: true, force: true });
}
