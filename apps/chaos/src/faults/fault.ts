import type { ChaosWorld } from '../chaos-world';
import type { SeededRandom } from '../seeded-random';

/** One kind of fault. It draws its target and length from the seed, happens, and is over when `happen` resolves. */
export interface Fault {
  /** What it is called in the report. */
  readonly name: string;
  /** Why it cannot happen on this machine; undefined when it can. */
  impossible?(world: ChaosWorld): string | undefined;
  /** Tells what it did to whom. */
  happen(world: ChaosWorld, random: SeededRandom): Promise<string>;
}
