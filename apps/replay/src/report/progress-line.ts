/** Where progress is written; a terminal gets one line that changes, anything else a line now and then. */
export interface ProgressSink {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

const TERMINAL_INTERVAL_MS = 200;
const PLAIN_INTERVAL_MS = 5_000;

/** Shows how far a replay is and how fast. */
export class ProgressLine {
  private readonly startedAtMs = performance.now();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sink: ProgressSink,
    private readonly total: number,
    private readonly done: () => number,
  ) {}

  start(): void {
    const intervalMs = this.sink.isTTY ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS;
    this.timer = setInterval(() => this.show(), intervalMs);
  }

  /** Shows the last figures and leaves the line. */
  stop(): void {
    clearInterval(this.timer);
    this.show();
    if (this.sink.isTTY) this.sink.write('\n');
  }

  private show(): void {
    const done = this.done();
    const seconds = (performance.now() - this.startedAtMs) / 1000;
    const percent = Math.floor((done / this.total) * 100);
    const text = `${done} of ${this.total} commands (${percent} %), ${Math.round(done / seconds)}/s`;
    this.sink.write(this.sink.isTTY ? `\r${text}   ` : `${text}\n`);
  }
}
