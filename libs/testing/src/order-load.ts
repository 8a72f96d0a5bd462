import type { Cluster } from './cluster';
import { OrderLane, seededRandom } from './order-lane';

const TICK_EVERY_MS = 25;
const ORDERS_A_TICK = 3;

/** Shorter pauses are a long turn or a collection of garbage. */
const OUTAGE_MS_MIN = 250;

/** A time in which no order was answered; its beginning by `performance.now()`. */
export interface Outage {
  readonly startedAtMs: number;
  readonly lengthMs: number;
}

/** Several lanes that place orders side by side, about 120 orders a second each, until they are told to settle. */
export class OrderLoad {
  readonly lanes: ReadonlyMap<string, OrderLane>;
  private readonly timer: NodeJS.Timeout;
  private answeredAtMs = performance.now();
  private readonly gaps: Outage[] = [];

  constructor(
    cluster: Pick<Cluster, 'as'>,
    participants: readonly string[],
    seed: number,
    ordersATick: number = ORDERS_A_TICK,
    symbols?: readonly string[],
  ) {
    const answered = (): void => this.noteAnswer();
    this.lanes = new Map(
      participants.map((name, at) => [
        name,
        new OrderLane(cluster.as(name), name, seededRandom(seed + at), answered, symbols),
      ]),
    );
    this.timer = setInterval(() => {
      for (const lane of this.lanes.values()) lane.place(ordersATick);
    }, TICK_EVERY_MS);
  }

  /** Orders that are answered. */
  get answered(): number {
    return [...this.lanes.values()].reduce((sum, { answers }) => sum + answers.size, 0);
  }

  /** The longest time in which no order was answered, up to now. */
  get longestOutageMs(): number {
    const now = performance.now() - this.answeredAtMs;
    return this.gaps.reduce((longest, { lengthMs }) => Math.max(longest, lengthMs), now);
  }

  /** Every time without an answer that a client would notice. */
  get outages(): readonly Outage[] {
    return this.gaps;
  }

  private noteAnswer(): void {
    const nowMs = performance.now();
    const lengthMs = nowMs - this.answeredAtMs;
    if (lengthMs >= OUTAGE_MS_MIN) this.gaps.push({ startedAtMs: this.answeredAtMs, lengthMs });
    this.answeredAtMs = nowMs;
  }

  /** Stops at once and leaves open what is open. */
  abandon(): void {
    clearInterval(this.timer);
    for (const lane of this.lanes.values()) lane.abandon();
  }

  /** Stops, and waits until every order that was sent is answered. */
  async settle(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([...this.lanes.values()].map((lane) => lane.settle()));
  }
}
