import { setTimeout as sleep } from 'node:timers/promises';
import type { EdgeName, TcpProxy } from '@clearway/testing';
import type { ChaosWorld } from '../chaos-world';
import { EDGES } from '../edges';
import type { SeededRandom } from '../seeded-random';
import type { Fault } from './fault';

/** What can be done to a way, and undone by `heal`. */
export type WireTrouble = 'cut' | 'dropped' | 'delayed' | 'held' | 'black-holed';

const TROUBLED_MS_MIN = 300;
const TROUBLED_MS_MAX = 5_000;
const DELAY_MS_MAX = 400;

/** Trouble on one way between two, picked from those given. */
export class WireFault implements Fault {
  readonly name: string;

  constructor(
    private readonly kind: 'service' | 'Postgres' | 'client',
    private readonly trouble: WireTrouble,
  ) {
    this.name = `TCP ${trouble} between ${kind === 'service' ? 'services' : `${kind} and a service`}`;
  }

  async happen(world: ChaosWorld, random: SeededRandom): Promise<string> {
    const edge = random.pick(EDGES.filter((name) => kindOf(name) === this.kind));
    const troubledMs = random.whole(TROUBLED_MS_MIN, TROUBLED_MS_MAX);
    const proxy = world.cluster.link(edge);
    trouble(proxy, this.trouble, random);
    await sleep(troubledMs);
    proxy.heal();
    return `${edge} ${this.trouble} for ${troubledMs} ms`;
  }
}

function kindOf(edge: EdgeName): 'service' | 'Postgres' | 'client' {
  if (edge.endsWith('>postgres')) return 'Postgres';
  return edge.startsWith('client>') ? 'client' : 'service';
}

function trouble(proxy: TcpProxy, how: WireTrouble, random: SeededRandom): void {
  switch (how) {
    case 'cut':
      return proxy.cut();
    case 'dropped':
      return proxy.drop();
    case 'delayed':
      return proxy.delay(random.whole(1, DELAY_MS_MAX));
    case 'held':
      return proxy.hold(random.pick(['requests', 'answers']));
    case 'black-holed':
      return proxy.blackHole();
  }
}
