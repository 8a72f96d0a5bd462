/** Whoever a task belongs to: one life of a process. When it is killed, everything that it still meant to do is gone. */
export class Owner {
  isAlive = true;
  /** Stopped as by SIGSTOP: its tasks wait, and it does not know that time passes. */
  isFrozen = false;
  readonly held: Task[] = [];
  lastImmediateMicros = 0;

  constructor(readonly name: string) {}
}

interface Task {
  dueMicros: number;
  order: number;
  readonly owner: Owner;
  readonly run: () => void;
  /** 0: once. */
  readonly everyMicros: number;
  isCancelled: boolean;
}

/** What the patched timer functions hand out; it answers what Node's own handles are asked. */
class TimerHandle {
  constructor(readonly task: Task) {}
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

const GLOBALS = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
] as const;

/** Longest wait of an immediate, in microseconds: enough for immediates of different processes to overtake each other. */
const IMMEDIATE_JITTER_MICROS = 40;

/**
 * One clock and one queue for everything that happens. While installed, timers, immediates and `performance.now` of the real
 * libraries stand under it: a step runs one task of one owner, then all promises that it settled, and the clock jumps to
 * the next task. Nothing happens at the same time, and the order follows from the seed alone.
 */
export class VirtualTime {
  nowMicros = 0;
  steps = 0;
  current: Owner;
  /** What a task threw: in a real process it would have ended it. */
  onUncaught: (owner: Owner, error: unknown) => void = () => undefined;
  readonly #real = Object.fromEntries(GLOBALS.map((name) => [name, globalThis[name]]));
  readonly #realImmediate = globalThis.setImmediate;
  readonly #heap: Task[] = [];
  #order = 0;

  constructor(
    readonly world: Owner,
    private readonly jitter: () => number,
  ) {
    this.current = world;
  }

  /** Puts the virtual clock in the place of Node's. Call `uninstall` in a finally block. Throws when one is there already. */
  install(): void {
    if (Object.hasOwn(performance, 'now')) throw new Error('another simulation runs in this thread');
    const set = (delayMs: number | undefined, everyMicros: number, run: () => void): TimerHandle => {
      const delayMicros = Math.max(1_000, Math.round((delayMs ?? 0) * 1_000));
      return new TimerHandle(this.#add(this.current, delayMicros, run, everyMicros && delayMicros));
    };
    const clear = (handle: unknown): void => {
      if (handle instanceof TimerHandle) handle.task.isCancelled = true;
    };
    Object.assign(globalThis, {
      setTimeout: (run: () => void, delayMs?: number) => set(delayMs, 0, run),
      setInterval: (run: () => void, delayMs?: number) => set(delayMs, 1, run),
      setImmediate: (run: () => void) => this.#immediate(run),
      clearTimeout: clear,
      clearInterval: clear,
      clearImmediate: clear,
    });
    Object.defineProperty(performance, 'now', { configurable: true, value: () => this.nowMicros / 1_000 });
  }

  /** Gives Node its clock back. */
  uninstall(): void {
    Object.assign(globalThis, this.#real);
    Reflect.deleteProperty(performance, 'now');
  }

  /** Does something later in the name of an owner, whoever asks for it. */
  at(owner: Owner, delayMicros: number, run: () => void): void {
    this.#add(owner, delayMicros, run, 0);
  }

  /** Ends an owner at once, like kill -9. */
  kill(owner: Owner): void {
    owner.isAlive = false;
    owner.held.length = 0;
  }

  /** Lets a frozen owner go on; what became due meanwhile is done now, in its order. */
  thaw(owner: Owner): void {
    owner.isFrozen = false;
    for (const task of owner.held.splice(0)) this.#push({ ...task, dueMicros: this.nowMicros }, task);
  }

  /** Runs the next task and everything that follows from it without waiting. False when nothing is left to do. */
  async step(): Promise<boolean> {
    const task = this.#next();
    if (task === undefined) return false;
    this.steps += 1;
    this.nowMicros = Math.max(this.nowMicros, task.dueMicros);
    this.current = task.owner;
    if (task.everyMicros > 0) this.#repeat(task);
    try {
      task.run();
    } catch (error) {
      this.onUncaught(task.owner, error);
    }
    await new Promise<void>((resolve) => this.#realImmediate(resolve));
    this.current = this.world;
    return true;
  }

  #immediate(run: () => void): TimerHandle {
    const owner = this.current;
    const due = this.nowMicros + Math.floor(this.jitter() * IMMEDIATE_JITTER_MICROS);
    owner.lastImmediateMicros = Math.max(owner.lastImmediateMicros, due);
    return new TimerHandle(this.#add(owner, owner.lastImmediateMicros - this.nowMicros, run, 0));
  }

  #add(owner: Owner, delayMicros: number, run: () => void, everyMicros: number): Task {
    const dueMicros = this.nowMicros + delayMicros;
    const task: Task = { dueMicros, order: this.#order++, owner, run, everyMicros, isCancelled: false };
    this.#sift(task);
    return task;
  }

  /** An interval keeps its task, because its handle must go on to cancel it. */
  #repeat(task: Task): void {
    task.dueMicros = this.nowMicros + task.everyMicros;
    task.order = this.#order++;
    this.#sift(task);
  }

  #push(changed: Task, task: Task): void {
    task.dueMicros = changed.dueMicros;
    task.order = this.#order++;
    this.#sift(task);
  }

  #next(): Task | undefined {
    for (;;) {
      const task = this.#pop();
      if (task === undefined) return undefined;
      if (task.isCancelled || !task.owner.isAlive) continue;
      if (!task.owner.isFrozen) return task;
      task.owner.held.push(task);
    }
  }

  #sift(task: Task): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(task);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Task;
      if (!isBefore(task, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = task;
  }

  #pop(): Task | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Task, heap[child] as Task)) child += 1;
      if (!isBefore(heap[child] as Task, last)) break;
      heap[at] = heap[child] as Task;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.dueMicros < b.dueMicros || (a.dueMicros === b.dueMicros && a.order < b.order);
}
