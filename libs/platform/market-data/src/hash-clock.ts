/** Says which messages carry a hash: the first after each interval, by the journaled time of what they tell. */
export class HashClock {
  private lastMicros = 0;

  constructor(private readonly intervalMicros: number) {}

  /** True if this message is to carry one. */
  isDue(atMicros: number): boolean {
    if (atMicros - this.lastMicros < this.intervalMicros) return false;
    this.lastMicros = atMicros;
    return true;
  }
}
