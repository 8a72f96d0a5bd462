/** A source of numbers from 0 (included) to 1 (excluded), as Math.random is. */
export type Random = () => number;

/** How far the walk may go from where it belongs, in basis points: well inside risk's limit on price deviation. */
const REACH_BPS = 200;
const STEP_BPS_MAX = 2;

/** A price that wanders slowly in whole ticks, is drawn back to its home and never leaves the neighbourhood. */
export class PriceWalk {
  private readonly reachTicks: number;
  private readonly stepTicksMax: number;
  private currentTicks: number;

  /**
   * @param homeTicks the price that it is drawn to
   * @param startTicks where it begins, such as the last trade of an earlier run
   */
  constructor(
    private readonly homeTicks: number,
    startTicks: number,
    private readonly random: Random,
  ) {
    this.reachTicks = Math.floor((homeTicks * REACH_BPS) / 10_000);
    this.stepTicksMax = Math.max(1, Math.floor((homeTicks * STEP_BPS_MAX) / 10_000));
    this.currentTicks = this.near(startTicks);
  }

  /** The price now. */
  get priceTicks(): number {
    return this.currentTicks;
  }

  /** Moves up to a few ticks, rather home than away, and gives the new price. */
  step(): number {
    const away = (this.currentTicks - this.homeTicks) / Math.max(1, this.reachTicks);
    const up = this.random() > 0.5 + away / 4;
    const sizeTicks = Math.floor(this.random() * (this.stepTicksMax + 1));
    this.currentTicks = this.near(this.currentTicks + (up ? sizeTicks : -sizeTicks));
    return this.currentTicks;
  }

  private near(ticks: number): number {
    return Math.min(this.homeTicks + this.reachTicks, Math.max(this.homeTicks - this.reachTicks, ticks));
  }
}
