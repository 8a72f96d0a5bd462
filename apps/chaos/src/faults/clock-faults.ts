import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES } from '@clearway/testing';
import type { ChaosWorld } from '../chaos-world';
import type { SeededRandom } from '../seeded-random';
import type { Fault } from './fault';

const STEPS_SECONDS = [-60, -10, -2, 2, 10, 60, 600, 3_600];
/** The clock's file is read once a second. */
const STEPPED_MS_MIN = 1_500;
const STEPPED_MS_MAX = 5_000;

/** A service's clock jumps and jumps back. Only the time of day: how long something takes is measured by another clock. */
export class StepClock implements Fault {
  readonly name = 'clock of a service stepped';

  impossible({ clocks }: ChaosWorld): string | undefined {
    return clocks.unavailable;
  }

  async happen({ clocks }: ChaosWorld, random: SeededRandom): Promise<string> {
    const service = random.pick(SERVICES);
    const seconds = random.pick(STEPS_SECONDS);
    const steppedMs = random.whole(STEPPED_MS_MIN, STEPPED_MS_MAX);
    clocks.step(service, seconds);
    await sleep(steppedMs);
    clocks.step(service, 0);
    return `${service} ${seconds > 0 ? '+' : ''}${seconds} s for ${steppedMs} ms`;
  }
}
