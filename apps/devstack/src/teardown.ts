/** One started thing and how to end it. */
interface Step {
  readonly what: string;
  readonly stop: () => Promise<void> | void;
  readonly kill: (() => void) | undefined;
}

/** Remembers what was started and stops it in reverse order; a step that fails does not keep the others from stopping. */
export class Teardown {
  private readonly steps: Step[] = [];

  constructor(private readonly onFailure: (what: string, error: unknown) => void) {}

  /**
   * @param stop ends it gently
   * @param kill ends it at once, without waiting, when a person presses Ctrl-C a second time
   */
  add(what: string, stop: () => Promise<void> | void, kill?: () => void): void {
    this.steps.push({ what, stop, kill });
  }

  /** Stops everything gently, last started first. */
  async run(): Promise<void> {
    for (const { what, stop } of [...this.steps].reverse()) {
      try {
        await stop();
      } catch (error) {
        this.onFailure(what, error);
      }
    }
  }

  /** Ends everything at once, also what `run` is waiting for. */
  killAll(): void {
    for (const { what, kill } of [...this.steps].reverse()) {
      try {
        kill?.();
      } catch (error) {
        this.onFailure(what, error);
      }
    }
  }
}
