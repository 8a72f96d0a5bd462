import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosWorld } from '../chaos-world';
import type { SeededRandom } from '../seeded-random';
import type { Fault } from './fault';

const AWAY_MS_MAX = 1_500;
const FULL_MS_MAX = 4_000;

/** Postgres shuts down whole and comes back, as in a planned restart. */
export class RestartPostgres implements Fault {
  readonly name = 'Postgres restarted';

  async happen(world: ChaosWorld, random: SeededRandom): Promise<string> {
    const awayMs = random.whole(0, AWAY_MS_MAX);
    await world.postgres.lose('SIGINT', awayMs);
    return `Postgres restarted, away for ${awayMs} ms`;
  }
}

/** kill -9 of Postgres, which recovers from its write-ahead log. */
export class KillPostgres implements Fault {
  readonly name = 'kill -9 of Postgres';

  async happen(world: ChaosWorld, random: SeededRandom): Promise<string> {
    const awayMs = random.whole(0, AWAY_MS_MAX);
    await world.postgres.lose('SIGKILL', awayMs);
    return `Postgres killed, away for ${awayMs} ms`;
  }
}

/** The file system of Postgres takes nothing more for a while. */
export class FillDisk implements Fault {
  readonly name = 'disk full for Postgres';

  impossible({ disk }: ChaosWorld): string | undefined {
    return disk.unavailable;
  }

  async happen({ disk }: ChaosWorld, random: SeededRandom): Promise<string> {
    const fullMs = random.whole(500, FULL_MS_MAX);
    disk.fill();
    await sleep(fullMs);
    disk.free();
    return `no space left for ${fullMs} ms`;
  }
}
