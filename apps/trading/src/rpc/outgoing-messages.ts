import type { trading } from '@clearway/contracts';
import type { ResponseStream } from '@clearway/platform-rpc';

/** Messages that may wait in the connection before reports are given up and the stream is told so. */
const BUFFERED_MESSAGES_MAX = 2_000;
/** Acks and reports in one message. */
const MESSAGE_ITEMS_MAX = 500;

/** Gathers what one turn of the event loop has to say to a stream into one message. */
export class OutgoingMessages {
  /** Drops reports: the client asked for acks alone. */
  acksOnly = false;
  private acks: trading.OrderEntryAck[] = [];
  private reports: trading.ExecutionReport[] = [];
  private isScheduled = false;

  constructor(private readonly stream: ResponseStream<trading.StreamOrdersResponse>) {}

  ack(ack: trading.OrderEntryAck): void {
    this.acks.push(ack);
    this.schedule();
  }

  /** Adds a report; it is only made when it will be sent. A reader that is far behind gets acks alone. */
  report(make: () => trading.ExecutionReport): void {
    if (this.acksOnly || this.stream.bufferedMessages > BUFFERED_MESSAGES_MAX) return;
    this.reports.push(make());
    this.schedule();
  }

  /** Sends what has gathered and waits until the connection has taken it. */
  async flushed(): Promise<void> {
    this.flush();
    await this.stream.drained();
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    while (this.acks.length > 0 || this.reports.length > 0) {
      const acks = this.acks.splice(0, MESSAGE_ITEMS_MAX);
      const reports = this.reports.splice(0, MESSAGE_ITEMS_MAX);
      this.stream.write({ acks, reports });
    }
  }
}
