import type { CommandOrder } from '../plan/command-order';
import { MinHeap } from './min-heap';

/**
 * Says which commands may be sent now on which stream. Pure bookkeeping over a `CommandOrder`: a command is ready when all it
 * comes after are acknowledged, the one it stands behind is sent, and the window has reached it.
 */
export class CommandScheduler {
  private readonly ready: MinHeap[];
  /** By command: for how many things it still waits; the window is one of them. */
  private readonly waits: Int32Array;
  private readonly acknowledged: Uint8Array;
  private readonly dependents: number[][];
  private readonly follower: Int32Array;
  private head = 0;
  private admitted = 0;
  private doneCount = 0;

  /** `streamOf` gives the stream of each command, from 0 to `streamCount` − 1. */
  constructor(
    private readonly order: CommandOrder,
    private readonly streamOf: (command: number) => number,
    streamCount: number,
  ) {
    const count = order.after.length;
    this.ready = Array.from({ length: streamCount }, () => new MinHeap());
    this.waits = new Int32Array(count);
    this.acknowledged = new Uint8Array(count);
    this.follower = new Int32Array(count).fill(-1);
    this.dependents = Array.from({ length: count }, () => []);
    for (const [command, earlier] of order.after.entries()) this.register(command, earlier);
    this.admit();
  }

  /** How many commands are acknowledged. */
  get done(): number {
    return this.doneCount;
  }

  /** True when every command is acknowledged. */
  get isDone(): boolean {
    return this.doneCount === this.acknowledged.length;
  }

  /** Takes up to `countMax` commands to be sent now on the stream, in their order; they count as sent. */
  take(stream: number, countMax: number): number[] {
    const heap = this.ready[stream]!;
    const taken: number[] = [];
    while (taken.length < countMax) {
      const command = heap.pop();
      if (command === undefined) break;
      taken.push(command);
      const follower = this.follower[command]!;
      if (follower >= 0) this.release(follower);
    }
    return taken;
  }

  /** Notes that a command was acknowledged. Throws when it is for the second time, which no server may do. */
  acknowledge(command: number): void {
    if (this.acknowledged[command] !== 0) throw new Error(`command ${command} was acknowledged twice`);
    this.acknowledged[command] = 1;
    this.doneCount += 1;
    for (const dependent of this.dependents[command]!) this.release(dependent);
    while (this.acknowledged[this.head] === 1) this.head += 1;
    this.admit();
  }

  private register(command: number, earlier: readonly number[]): void {
    const behind = this.order.behind[command]!;
    this.waits[command] = earlier.length + (behind >= 0 ? 2 : 1);
    for (const each of earlier) this.dependents[each]!.push(command);
    if (behind >= 0) this.follower[behind] = command;
  }

  private admit(): void {
    const end = Math.min(this.head + this.order.window, this.waits.length);
    for (; this.admitted < end; this.admitted++) this.release(this.admitted);
  }

  private release(command: number): void {
    this.waits[command]! -= 1;
    if (this.waits[command] === 0) this.ready[this.streamOf(command)]!.push(command);
  }
}
