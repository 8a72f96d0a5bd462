import type { trading } from '@clearway/contracts';
import type { ClientDuplex, RpcClient } from '@clearway/platform-rpc';
import { addOne, countPlaced, type LoadLane, type LoadPhase } from './load-lane';
import type { OrderFlow } from './order-flow';

/** Commands in one message at most. */
const MESSAGE_COMMANDS_MAX = 100;

type Stream = ClientDuplex<trading.StreamOrdersRequest, trading.StreamOrdersResponse>;

/** One participant's stream: keeps a window of commands unanswered, or sends at a rate. */
export class LoadStream implements LoadLane {
  private readonly stream: Stream;
  private readonly sentAtMs = new Map<number, { readonly atMs: number; readonly isOrder: boolean }>();
  private nextRequestId = 1;
  private isSending = true;
  private whenIdle: (() => void) | undefined;
  lastTaker: { readonly orderId: string; readonly sentAtMs: number } | undefined;

  constructor(
    client: RpcClient<typeof trading.TradingServiceService>,
    private readonly flow: OrderFlow,
    private phase: LoadPhase,
    private windowMax: number,
  ) {
    this.stream = client.duplex('streamOrders');
  }

  async run(): Promise<void> {
    await this.stream.receive((message) => {
      for (const ack of message.acks) this.answered(ack);
      if (this.windowMax > 0) this.fill();
      if (!this.isSending && this.sentAtMs.size === 0) this.whenIdle?.();
    });
  }

  enter(phase: LoadPhase, windowMax: number): void {
    this.phase = phase;
    this.windowMax = windowMax;
    if (windowMax > 0) this.fill();
  }

  send(commands: number): void {
    for (let left = commands; left > 0; left -= MESSAGE_COMMANDS_MAX)
      this.write(Math.min(left, MESSAGE_COMMANDS_MAX));
  }

  async finish(): Promise<void> {
    this.isSending = false;
    this.windowMax = 0;
    if (this.sentAtMs.size > 0) {
      await new Promise<void>((resolve) => {
        this.whenIdle = resolve;
      });
    }
    this.stream.end();
  }

  private fill(): void {
    while (this.isSending && this.sentAtMs.size < this.windowMax) {
      this.write(Math.min(MESSAGE_COMMANDS_MAX, this.windowMax - this.sentAtMs.size));
    }
  }

  private write(count: number): void {
    const atMs = performance.now();
    const commands: trading.OrderEntryCommand[] = [];
    for (let index = 0; index < count; index += 1) {
      const flow = this.flow.next();
      const requestId = this.nextRequestId++;
      const isOrder = 'place' in flow;
      this.sentAtMs.set(requestId, { atMs, isOrder });
      const command = isOrder
        ? ({ $case: 'place', value: flow.place } as const)
        : ({ $case: 'cancel', value: flow.cancel } as const);
      commands.push({ requestId, command });
    }
    this.stream.write({ cancelOnDisconnect: false, acksOnly: true, commands });
  }

  private answered({ requestId, result }: trading.OrderEntryAck): void {
    const sent = this.sentAtMs.get(requestId);
    if (!sent) return;
    this.sentAtMs.delete(requestId);
    const { counts } = this.phase;
    if (!sent.isOrder) counts.cancelsAnswered += 1;
    if (result?.$case === 'error') return addOne(counts.errors, result.value.reason?.code ?? 'UNKNOWN');
    if (result?.$case !== 'placed') return;
    countPlaced(this.phase, sent.atMs, result.value);
    const { order, fills } = result.value;
    if (order && fills.length > 0) this.lastTaker = { orderId: order.orderId, sentAtMs: sent.atMs };
  }
}
