/** One run of a command: what it was asked, and how it hears that it shall end. */
export class CommandRun {
  /** What follows the program's name. */
  readonly args: readonly string[];
  readonly #controller = new AbortController();
  #isHeard = false;

  constructor(args: readonly string[]) {
    this.args = args;
  }

  /** Aborted by Ctrl-C and SIGTERM. Who asks for it promises to clean up and end soon after, and is waited for. */
  get signal(): AbortSignal {
    this.#isHeard = true;
    return this.#controller.signal;
  }

  /** The command listens to the signal. */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  /** Ctrl-C has come. */
  get isInterrupted(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Tells the command to end. */
  interrupt(): void {
    this.#controller.abort(new Error('interrupted'));
  }
}

/**
 * Waits for work that does not listen to a signal, until it is done or the signal is aborted, whatever comes first: so that what cleans
 * up after the work in a `finally` is reached. What the work does then is of no interest any more.
 */
export async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  const abandoned = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true, signal: abandoned.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    abandoned.abort();
  }
}
