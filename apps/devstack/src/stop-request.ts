const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl-C arrives twice under npm: from the terminal, and passed on by npm. */
const SAME_WISH_MS = 1_000;

/**
 * The wish to stop, from wherever it comes: a signal, a terminal or pipe that closed, a bug that nobody caught. The
 * first asks for an orderly stop, the second forces it.
 */
export class StopRequest {
  private readonly controller = new AbortController();
  private status = 0;
  private firstAtMs = 0;

  /** Resolves with the first wish. */
  readonly requested: Promise<void>;

  constructor(
    private readonly onFirst: (why: string) => void,
    private readonly onSecond: () => void,
  ) {
    this.requested = new Promise((resolve) => {
      this.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    for (const name of SIGNALS) process.on(name, () => this.ask(name));
    for (const stream of [process.stdout, process.stderr])
      stream.on('error', () => this.askOnce('nobody reads the output any more'));
    process.on('uncaughtException', (error) => this.fail(error));
    process.on('unhandledRejection', (error) => this.fail(error));
  }

  /** Aborted with the first wish, so that a start that is under way gives up. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** 0 when somebody asked, 1 when a bug did. */
  get exitStatus(): number {
    return this.status;
  }

  private ask(why: string): void {
    if (this.signal.aborted) {
      if (performance.now() - this.firstAtMs > SAME_WISH_MS) this.onSecond();
      return;
    }
    this.firstAtMs = performance.now();
    this.controller.abort(new Error(why));
    this.onFirst(why);
  }

  private askOnce(why: string): void {
    if (!this.signal.aborted) this.ask(why);
  }

  private fail(error: unknown): void {
    this.status = 1;
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    this.askOnce('a bug in devstack');
  }
}
