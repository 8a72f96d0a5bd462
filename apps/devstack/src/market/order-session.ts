import { setTimeout as sleep } from 'node:timers/promises';
import type { trading } from '@clearway/contracts';
import { type ClientDuplex, RpcError } from '@clearway/platform-rpc';
import { accountOf } from '../identities';
import type { StackClients } from '../stack-clients';
import { SIMULATED_PREFIX } from './simulated-instrument';

/** One command of order entry, without the number that the session gives it. */
export type OrderCommand = NonNullable<trading.OrderEntryCommand['command']>;

/** Who is told what comes back on a session. */
export interface SessionListener {
  onConnected(): void;
  onAck(command: OrderCommand, ack: trading.OrderEntryAck, latencyMs: number): void;
  onReport(report: trading.ExecutionReport): void;
  /** The stream ended; it is opened again by itself. */
  onLost(why: string): void;
}

type OrderStream = ClientDuplex<trading.StreamOrdersRequest, trading.StreamOrdersResponse>;

interface Pending {
  readonly command: OrderCommand;
  readonly sentAtMs: number;
}

const RECONNECT_MIN_MS = 500;
const RECONNECT_MAX_MS = 5_000;
const PENDING_MAX = 200;
/** A stream whose oldest command is unanswered for this long is given up and opened anew. */
const ANSWER_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 1_000;
const OPEN_ORDERS_PAGE = 500;

/**
 * Order entry of one participant over one stream, opened again whenever it ends. Its orders are cancelled when the stream
 * ends; what a killed service could not cancel is cancelled at the next connect.
 */
export class OrderSession {
  readonly account: string;
  private readonly pending = new Map<number, Pending>();
  private stream: OrderStream | undefined;
  private running: Promise<void> = Promise.resolve();
  private readonly stopped = new AbortController();
  private nextRequestId = 1;

  constructor(
    participant: string,
    private readonly clients: StackClients,
    private readonly listener: SessionListener,
  ) {
    this.account = accountOf(participant);
  }

  start(): void {
    this.running = this.keepOpen();
  }

  /** Ends the stream; the service then cancels what is still on the book. */
  async stop(): Promise<void> {
    this.stopped.abort();
    this.stream?.end();
    await Promise.race([this.running, sleep(STOP_TIMEOUT_MS)]);
    this.stream?.cancel();
    await this.running;
    this.clients.close();
  }

  /** Sends commands in one message; false when they were not sent, because the stream is down or answers are overdue. */
  send(commands: readonly OrderCommand[]): boolean {
    if (this.stream === undefined || commands.length === 0) return false;
    this.giveUpIfOverdue();
    if (this.pending.size + commands.length > PENDING_MAX) return false;
    const sentAtMs = performance.now();
    const numbered = commands.map((command) => ({ requestId: this.nextRequestId++, command }));
    for (const { requestId, command } of numbered) this.pending.set(requestId, { command, sentAtMs });
    this.stream.write({ cancelOnDisconnect: false, acksOnly: false, commands: numbered });
    return true;
  }

  private async keepOpen(): Promise<void> {
    let backoffMs = RECONNECT_MIN_MS;
    while (!this.stopped.signal.aborted) {
      try {
        await this.runOnce(() => {
          backoffMs = RECONNECT_MIN_MS;
        });
        if (!this.stopped.signal.aborted) this.listener.onLost('the service ended the stream');
      } catch (error) {
        if (!this.stopped.signal.aborted) this.listener.onLost(describe(error));
      }
      await this.pause(backoffMs);
      backoffMs = Math.min(backoffMs * 2, RECONNECT_MAX_MS);
    }
  }

  private async runOnce(onConnected: () => void): Promise<void> {
    const leftOver = await this.findLeftOver();
    if (this.stopped.signal.aborted) return;
    const stream = this.clients.trading.duplex('streamOrders');
    try {
      const ended = stream.receive((response) => this.receive(response));
      stream.write({ cancelOnDisconnect: true, acksOnly: false, commands: [] });
      this.stream = stream;
      this.send(leftOver);
      onConnected();
      this.listener.onConnected();
      await ended;
    } finally {
      this.stream = undefined;
      this.pending.clear();
    }
  }

  private receive({ acks, reports }: trading.StreamOrdersResponse): void {
    const nowMs = performance.now();
    for (const ack of acks) {
      const pending = this.pending.get(ack.requestId);
      this.pending.delete(ack.requestId);
      if (pending !== undefined) this.listener.onAck(pending.command, ack, nowMs - pending.sentAtMs);
    }
    for (const report of reports) this.listener.onReport(report);
  }

  /** Open orders of an earlier stream of the simulator, as cancels. */
  private async findLeftOver(): Promise<readonly OrderCommand[]> {
    const { account } = this;
    const page = { account, openOnly: true, pageSize: OPEN_ORDERS_PAGE, pageToken: '' };
    const { orders } = await this.clients.trading.call('listOrders', page, { idempotent: true });
    return orders
      .filter(({ clOrdId }) => clOrdId.startsWith(SIMULATED_PREFIX))
      .slice(0, PENDING_MAX)
      .map(({ clOrdId }) => ({ $case: 'cancel', value: { orderId: '', account, clOrdId } }));
  }

  private giveUpIfOverdue(): void {
    const [oldest] = this.pending.values();
    const isOverdue = oldest !== undefined && performance.now() - oldest.sentAtMs > ANSWER_TIMEOUT_MS;
    if (isOverdue) this.stream?.cancel();
  }

  private async pause(delayMs: number): Promise<void> {
    await sleep(delayMs, undefined, { signal: this.stopped.signal }).catch(() => undefined);
  }
}

function describe(error: unknown): string {
  if (error instanceof RpcError) return `${error.status} ${error.reason}`;
  return error instanceof Error ? error.message : String(error);
}
