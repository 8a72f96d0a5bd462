import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES } from '@clearway/testing';
import type { ChaosWorld } from '../chaos-world';
import type { SeededRandom } from '../seeded-random';
import type { Fault } from './fault';

const AWAY_MS_MAX = 2_000;
const STOPPED_MS_MAX = 6_000;

/** kill -9 of one service, which comes back after a while. */
export class KillService implements Fault {
  readonly name = 'kill -9 of a service';

  async happen(world: ChaosWorld, random: SeededRandom): Promise<string> {
    const service = random.pick(SERVICES);
    const awayMs = random.whole(0, AWAY_MS_MAX);
    await world.services.lose(service, 'SIGKILL', awayMs);
    return `${service} killed, back after ${awayMs} ms`;
  }
}

/** kill -9 of several services at once, or of all. */
export class KillSeveral implements Fault {
  readonly name = 'kill -9 of several services';

  async happen(world: ChaosWorld, random: SeededRandom): Promise<string> {
    const killed = random.some(SERVICES, 2);
    const awayMs = killed.map(() => random.whole(0, AWAY_MS_MAX));
    await Promise.all(killed.map((name, at) => world.services.lose(name, 'SIGKILL', awayMs[at] ?? 0)));
    return `${killed.join(', ')} killed`;
  }
}

/** SIGTERM, as an upgrade does. */
export class TerminateService implements Fault {
  readonly name = 'SIGTERM of a service';

  async happen(world: ChaosWorld, random: SeededRandom): Promise<string> {
    const service = random.pick(SERVICES);
    await world.services.lose(service, 'SIGTERM', random.whole(0, AWAY_MS_MAX));
    return `${service} ended`;
  }
}

/** SIGSTOP and SIGCONT: a process that does nothing for a while and then goes on as if nothing had been, beyond its lease too. */
export class StopService implements Fault {
  readonly name = 'SIGSTOP, SIGCONT of a service';

  async happen(world: ChaosWorld, random: SeededRandom): Promise<string> {
    const service = random.pick(SERVICES);
    const stoppedMs = random.whole(100, STOPPED_MS_MAX);
    const process = world.cluster.process(service);
    process.signal('SIGSTOP');
    await sleep(stoppedMs);
    process.signal('SIGCONT');
    return `${service} stopped for ${stoppedMs} ms`;
  }
}
