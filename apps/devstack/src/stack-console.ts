import type { Colours } from './config';
import { humanLines, paintLevel, timeOfDay } from './log-lines';
import { saysDiskFull } from './startup-error';

/** Where the console writes; a stream fits. */
export interface TextSink {
  write(text: string): unknown;
}

const PREFIX_CHARS = 8;
const DISK_FULL_INTERVAL_MS = 10_000;

/**
 * The one place that prints: each line begins with the coloured name of who says it. Lines of services become readable
 * on their way, and one that tells of a full disk is followed by what to do about it.
 */
export class StackConsole {
  private diskFullSaidAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly sink: TextSink,
    readonly colours: Colours,
    private readonly showsDebug = false,
  ) {}

  /** Prints what a service wrote. */
  service(name: string, line: string): void {
    for (const text of humanLines(line, this.colours)) this.print(name, text);
    if (saysDiskFull(line)) this.warnOfFullDisk(name);
  }

  debug(message: string, name = 'devstack'): void {
    if (this.showsDebug) this.say('debug', message, name);
  }

  info(message: string, name = 'devstack'): void {
    this.say('info', message, name);
  }

  warn(message: string, name = 'devstack'): void {
    this.say('warn', message, name);
  }

  error(message: string, name = 'devstack'): void {
    this.say('error', message, name);
  }

  /** Prints text without a prefix: the closing message, and lines for machines. */
  plain(text: string): void {
    this.sink.write(`${text}\n`);
  }

  private say(level: string, message: string, name: string): void {
    for (const line of message.split('\n'))
      this.print(name, `${timeOfDay(new Date())} ${paintLevel(level, this.colours)} ${line}`);
  }

  private print(name: string, text: string): void {
    this.sink.write(`${this.paintName(name)} ${text}\n`);
  }

  private paintName(name: string): string {
    const { cyan, magenta, blue, green, yellow, bold, dim } = this.colours;
    const paints = new Map([
      ['trading', cyan],
      ['risk', magenta],
      ['clearing', green],
      ['audit', blue],
      ['postgres', dim],
      ['market', yellow],
    ]);
    return `${(paints.get(name) ?? bold)(name.padEnd(PREFIX_CHARS))} ${dim('│')}`;
  }

  private warnOfFullDisk(name: string): void {
    const nowMs = performance.now();
    if (nowMs - this.diskFullSaidAtMs < DISK_FULL_INTERVAL_MS) return;
    this.diskFullSaidAtMs = nowMs;
    this.error(
      `The disk is full (${name} says so): free some space. What stopped is started again by itself.`,
    );
  }
}
