import type { Cluster } from '@clearway/testing';
import { OrderLane, seededRandom } from './order-lane';

const TICK_EVERY_MS = 25;
const ORDERS_A_TICK = 3;

/** Several lanes that place orders side by side, about 120 orders a second each, until they are told to settle. */
export class OrderLoad {
  readonly lanes: ReadonlyMap<string, OrderLane>;
  private readonly timer: NodeJS.Timeout;

  constructor(cluster: Cluster, participants: readonly string[], seed: number) {
    this.lanes = new Map(
      participants.map((name, at) => [name, new OrderLane(cluster.as(name), name, seededRandom(seed + at))]),
    );
    this.timer = setInterval(() => {
      for (const lane of this.lanes.values()) lane.place(ORDERS_A_TICK);
    }, TICK_EVERY_MS);
  }

  /** Orders that are answered. */
  get answered(): number {
    return [...this.lanes.values()].reduce((sum, { answers }) => sum + answers.size, 0);
  }

  /** Stops, and waits until every order that was sent is answered. */
  async settle(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([...this.lanes.values()].map((lane) => lane.settle()));
  }
}
