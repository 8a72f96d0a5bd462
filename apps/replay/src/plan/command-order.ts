import type { Side } from '@clearway/platform-feeds';
import type { CancelCommand, PlaceCommand, ReplayCommand, ReplayPlan } from './replay-command';

/**
 * Which commands must wait for which others, so that several streams at once leave the same book as the rows one by one. An
 * acknowledgement says that the book has acted; within one stream orders reach the book in the order sent.
 */
export interface CommandOrder {
  /** By command: those that must be acknowledged before it is sent. Nothing `window` or more commands back is listed. */
  readonly after: readonly (readonly number[])[];
  /** By command: the one that must be sent before it on the same stream, or −1. */
  readonly behind: Int32Array;
  /** The sender must not run this far ahead of the oldest unacknowledged command. */
  readonly window: number;
}

/** What took orders off one price of one side: the command, and the newest order that was gone after it. */
interface Removal {
  readonly index: number;
  readonly order: number;
}

/**
 * Works out the order of a plan's commands in one pass, looking back no further than `window` commands. It leans on the plan
 * being exact: an aggressor fills its planned makers and nothing else as long as these rest in their turn and what was ahead
 * of them is gone.
 */
export function orderCommands(plan: ReplayPlan, window: number): CommandOrder {
  const ordering = new Ordering(plan.commands, window);
  const after = plan.commands.map((command, index) => ordering.next(command, index));
  return { after, behind: ordering.behind, window };
}

class Ordering {
  readonly behind: Int32Array;
  private readonly removals = {
    BUY: new Map<number, Removal[]>(),
    SELL: new Map<number, Removal[]>(),
  };
  private readonly lastPlaces = new Map<string, number>();
  private readonly takes: Record<Side, number[]> = { BUY: [], SELL: [] };
  private readonly lastTakeOf = new Map<number, number>();
  private lastStatus = -1;

  constructor(
    private readonly commands: readonly ReplayCommand[],
    private readonly window: number,
  ) {
    this.behind = new Int32Array(commands.length).fill(-1);
  }

  next(command: ReplayCommand, index: number): readonly number[] {
    const after = this.conflictsOf(command, index);
    if (command.kind !== 'status') after.push(this.lastStatus);
    return [...new Set(after)].filter((earlier) => earlier >= 0 && index - earlier < this.window);
  }

  private conflictsOf(command: ReplayCommand, index: number): number[] {
    if (command.kind === 'cancel') return this.cancel(command, index);
    if (command.kind === 'status') return this.status(index);
    return command.purpose === 'take' ? this.take(command, index) : this.rest(command, index);
  }

  /** A resting order waits for takers that it would be in the way of, and until nothing is left that it would trade with. */
  private rest({ side, priceTicks }: PlaceCommand, index: number): number[] {
    const opposite = side === 'BUY' ? 'SELL' : 'BUY';
    const crossing = this.removalsWithin(opposite, index, priceTicks).map((removal) => removal.index);
    const key = `${side}${priceTicks}`;
    this.behind[index] = this.lastPlaces.get(key) ?? -1;
    this.lastPlaces.set(key, index);
    return [...crossing, this.takerReaching(side, priceTicks, index)];
  }

  /** A cancel waits for its order to rest, and for the last taker that fills a part of it. */
  private cancel({ order }: CancelCommand, index: number): number[] {
    const { side, priceTicks } = this.place(order);
    this.noteRemoval(side, priceTicks, { index, order });
    return [order, this.lastTakeOf.get(order) ?? -1];
  }

  /** A taker waits for its makers to rest and for what was ahead of them to be gone, and stands behind the taker before it. */
  private take(command: PlaceCommand, index: number): number[] {
    const makerSide = command.side === 'BUY' ? 'SELL' : 'BUY';
    const makers = command.fills.map(({ maker }) => maker);
    const ahead = this.removalsWithin(makerSide, index, command.priceTicks).filter(
      (removal) => !this.isTake(removal.index) && this.wasAhead(removal.order, command),
    );
    this.behind[index] = this.takes[makerSide].at(-1) ?? -1;
    this.takes[makerSide].push(index);
    for (const order of makers) {
      this.lastTakeOf.set(order, index);
      this.noteRemoval(makerSide, this.place(order).priceTicks, { index, order });
    }
    return [...makers, ...ahead.map((removal) => removal.index)];
  }

  /** True when an order that is gone could have been filled instead of a maker: by a better price or an earlier turn. */
  private wasAhead(order: number, { priceTicks, fills }: PlaceCommand): boolean {
    return this.place(order).priceTicks !== priceTicks || fills.some(({ maker }) => order < maker);
  }

  /** The latest taker from the side that reaches past the price, or −1; earlier ones are done before it. */
  private takerReaching(side: Side, priceTicks: number, index: number): number {
    const takes = this.takes[side];
    for (let i = takes.length - 1; i >= 0 && index - takes[i]! < this.window; i--) {
      if (isBetter(side, priceTicks, this.place(takes[i]!).priceTicks)) return takes[i]!;
    }
    return -1;
  }

  /** A halt or a resumption waits for all before it, and all after it wait for it. */
  private status(index: number): number[] {
    this.lastStatus = index;
    const first = Math.max(0, index - this.window + 1);
    return Array.from({ length: index - first }, (_, i) => first + i);
  }

  /** Late removals at prices of the side that are at the given one or better. Forgets those too old to matter. */
  private removalsWithin(side: Side, index: number, priceTicks: number): Removal[] {
    const found: Removal[] = [];
    for (const [ticks, removals] of this.removals[side]) {
      if (ticks !== priceTicks && !isBetter(side, ticks, priceTicks)) continue;
      const kept = removals.filter((removal) => index - removal.index < this.window);
      if (kept.length === 0) this.removals[side].delete(ticks);
      else this.removals[side].set(ticks, kept);
      found.push(...kept);
    }
    return found;
  }

  private noteRemoval(side: Side, priceTicks: number, removal: Removal): void {
    const removals = this.removals[side].get(priceTicks);
    if (removals) removals.push(removal);
    else this.removals[side].set(priceTicks, [removal]);
  }

  private place(index: number): PlaceCommand {
    return this.commands[index] as PlaceCommand;
  }

  private isTake(index: number): boolean {
    return this.commands[index]?.kind === 'place';
  }
}

function isBetter(side: Side, priceTicks: number, thanTicks: number): boolean {
  return side === 'BUY' ? priceTicks > thanTicks : priceTicks < thanTicks;
}
