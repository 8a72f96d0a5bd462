import type { trading } from '@clearway/contracts';
import { isReasonCode, REASONS } from '@clearway/kernel';
import { type ClientDuplex, type RpcClient, RpcError } from '@clearway/platform-rpc';

type Stream = ClientDuplex<trading.StreamOrdersRequest, trading.StreamOrdersResponse>;

/** Who is told what comes back on a stream. */
export interface OrderStreamListener {
  onAck(ack: trading.OrderEntryAck): void;
  onReport(report: trading.ExecutionReport): void;
  /** The stream can no longer be had. */
  onLost(error: Error): void;
}

/** Most commands in one message. */
export const MESSAGE_COMMANDS_MAX = 500;
/** Most commands unanswered on one stream. */
export const UNANSWERED_MAX = 2_000;

const RECONNECT_PAUSE_MS = 250;
/** A service that was killed is back in seconds; one that stays away for so long is not coming back. */
const RECONNECT_TIMEOUT_MS = 60_000;
const RETRY_PAUSE_MIN_MS = 50;

/**
 * Order entry of one participant. When the stream breaks it is opened again and every unanswered command is sent again under
 * its key, so that each is answered in the end and acts once.
 */
export class OrderStream {
  /** How often the stream had to be opened again. */
  reconnects = 0;
  /** How often a command was put off because the service could not take it. */
  putOff = 0;
  /** How many commands were sent again for want of an answer. */
  askedAgain = 0;
  private readonly unanswered = new Map<number, trading.OrderEntryCommand>();
  private stream: Stream | undefined;
  private isBlocked = false;
  private isClosed = false;
  private lostSinceMs = 0;
  private askedAgainAtMs = 0;

  constructor(
    private readonly client: RpcClient<typeof trading.TradingServiceService>,
    private readonly listener: OrderStreamListener,
  ) {}

  /** How many commands it takes now. */
  get room(): number {
    if (!this.stream || this.isBlocked) return 0;
    return Math.min(MESSAGE_COMMANDS_MAX, UNANSWERED_MAX - this.unanswered.size);
  }

  /** Opens the stream. */
  open(): void {
    const stream = this.client.duplex('streamOrders');
    this.stream = stream;
    this.isBlocked = false;
    const ended = stream.receive((response) => this.receive(response));
    ended.then(
      () => this.lost(new Error('the service ended the stream')),
      (error: Error) => this.lost(error),
    );
    this.write([...this.unanswered.values()]);
  }

  /** Sends commands; no more than `room` at a time. */
  send(commands: readonly trading.OrderEntryCommand[]): void {
    for (const command of commands) this.unanswered.set(command.requestId, command);
    this.write(commands);
  }

  /** Sends every unanswered command again, at most once in the time given: each acts once, and the answer may have been lost. */
  askAgain(intervalMs: number): void {
    if (!this.stream || Date.now() - this.askedAgainAtMs < intervalMs) return;
    this.askedAgainAtMs = Date.now();
    this.askedAgain += this.unanswered.size;
    this.write([...this.unanswered.values()]);
  }

  /** Ends the stream. */
  close(): void {
    this.isClosed = true;
    this.stream?.end();
    this.client.close();
  }

  private write(commands: readonly trading.OrderEntryCommand[]): void {
    const { stream } = this;
    if (!stream) return;
    for (let first = 0; first < commands.length; first += MESSAGE_COMMANDS_MAX) {
      const part = commands.slice(first, first + MESSAGE_COMMANDS_MAX);
      if (stream.write({ cancelOnDisconnect: false, acksOnly: false, commands: [...part] })) continue;
      this.isBlocked = true;
      void stream.drained().then(() => {
        if (this.stream === stream) this.isBlocked = false;
      });
    }
  }

  private receive({ acks, reports }: trading.StreamOrdersResponse): void {
    this.lostSinceMs = 0;
    for (const report of reports) this.listener.onReport(report);
    for (const ack of acks) this.answered(ack);
  }

  /** An answer that asks to come again later is none yet. */
  private answered(ack: trading.OrderEntryAck): void {
    const { requestId, result } = ack;
    const command = this.unanswered.get(requestId);
    if (!command) return;
    if (result?.$case === 'error' && asksToComeAgain(result.value)) {
      this.putOff += 1;
      const pauseMs = Math.max(RETRY_PAUSE_MIN_MS, result.value.retryAfterMs);
      setTimeout(() => this.unanswered.has(requestId) && this.write([command]), pauseMs);
      return;
    }
    this.unanswered.delete(requestId);
    this.listener.onAck(ack);
  }

  private lost(error: Error): void {
    this.stream = undefined;
    if (this.isClosed) return;
    this.lostSinceMs ||= Date.now();
    if (!isPassing(error) || Date.now() - this.lostSinceMs > RECONNECT_TIMEOUT_MS) {
      this.listener.onLost(error);
      return;
    }
    this.reconnects += 1;
    setTimeout(() => {
      if (!this.isClosed) this.open();
    }, RECONNECT_PAUSE_MS);
  }
}

/** A service that is full, stopping or not serving yet has not decided: the same key may be sent again. */
function asksToComeAgain({ reason, retryAfterMs }: trading.OrderEntryError): boolean {
  if (retryAfterMs > 0) return true;
  const code = reason?.code ?? '';
  return isReasonCode(code) && (REASONS[code].retry === 'same-key' || REASONS[code].retry === 'later');
}

function isPassing(error: Error): boolean {
  return !(error instanceof RpcError) || ['UNAVAILABLE', 'RESOURCE_EXHAUSTED'].includes(error.status);
}
