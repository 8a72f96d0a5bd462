import type { trading } from '@clearway/contracts';
import type { ClientDuplex, RpcClient } from '@clearway/platform-rpc';
import { countPlaced, countRefused, type LoadLane, type LoadPhase, type Refusal } from './load-lane';
import type { CommandFlow } from './order-flow';

/** Commands in one message at most. */
const MESSAGE_COMMANDS_MAX = 100;

type Stream = ClientDuplex<trading.StreamOrdersRequest, trading.StreamOrdersResponse>;

/** One participant's stream: keeps a window of commands unanswered, or sends at a rate. */
export class LoadStream implements LoadLane {
  private readonly stream: Stream;
  private readonly sentAtMs = new Map<
    number,
    { readonly atMs: number; readonly order: trading.PlaceOrderRequest | undefined }
  >();
  private nextRequestId = 1;
  /** A closed loop does what RetryInfo says: it would otherwise do nothing but ask again. */
  private waitUntilMs = 0;
  private isSending = true;
  private whenIdle: (() => void) | undefined;
  lastTaker: { readonly orderId: string; readonly sentAtMs: number } | undefined;

  constructor(
    client: RpcClient<typeof trading.TradingServiceService>,
    private readonly flow: CommandFlow,
    private phase: LoadPhase,
    private windowMax: number,
  ) {
    this.stream = client.duplex('streamOrders');
  }

  async run(): Promise<void> {
    await this.stream.receive((message) => {
      for (const ack of message.acks) this.answered(ack);
      if (this.windowMax > 0 && performance.now() >= this.waitUntilMs) this.fill();
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
      const order = 'place' in flow ? flow.place : undefined;
      this.sentAtMs.set(requestId, { atMs, order });
      const command =
        'place' in flow
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
    if (!sent.order) counts.cancelsAnswered += 1;
    if (result?.$case === 'error') return this.refused(refusalOf(result.value), sent.order);
    if (result?.$case !== 'placed') return;
    countPlaced(this.phase, sent.atMs, result.value);
    const { order, fills } = result.value;
    if (order && fills.length > 0) this.lastTaker = { orderId: order.orderId, sentAtMs: sent.atMs };
  }

  private refused(refusal: Refusal, order: trading.PlaceOrderRequest | undefined): void {
    countRefused(this.phase, refusal);
    if (order) this.flow.forget(order);
    if (refusal.retryAfterMs === 0 || this.windowMax === 0) return;
    this.waitUntilMs = performance.now() + refusal.retryAfterMs;
    setTimeout(() => this.fill(), refusal.retryAfterMs + 1);
  }
}

/** RESOURCE_EXHAUSTED */
const OVERLOAD_STATUS = 8;

function refusalOf({ status, reason, retryAfterMs }: trading.OrderEntryError): Refusal {
  return { isOverload: status === OVERLOAD_STATUS, reason: reason?.code ?? 'UNKNOWN', retryAfterMs };
}
