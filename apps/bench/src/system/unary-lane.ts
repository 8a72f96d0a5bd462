import type { trading } from '@clearway/contracts';
import { type RpcClient, RpcError } from '@clearway/platform-rpc';
import { countPlaced, countRefused, type LoadLane, type LoadPhase } from './load-lane';
import type { CommandFlow } from './order-flow';

const UNARY_TIMEOUT_MS = 30_000;

/** One participant that makes a unary call for each order and cancel, as somebody without a stream would. */
export class UnaryLane implements LoadLane {
  lastTaker: { readonly orderId: string; readonly sentAtMs: number } | undefined;
  private unanswered = 0;
  private isSending = true;
  private whenIdle: () => void = () => undefined;
  private readonly ended: Promise<void>;
  private end: () => void = () => undefined;

  constructor(
    private readonly client: RpcClient<typeof trading.TradingServiceService>,
    private readonly flow: CommandFlow,
    private phase: LoadPhase,
    private windowMax: number,
  ) {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  run(): Promise<void> {
    return this.ended;
  }

  enter(phase: LoadPhase, windowMax: number): void {
    this.phase = phase;
    this.windowMax = windowMax;
    this.fill();
  }

  send(commands: number): void {
    for (let left = commands; left > 0; left -= 1) void this.call();
  }

  async finish(): Promise<void> {
    this.isSending = false;
    this.windowMax = 0;
    if (this.unanswered > 0) {
      await new Promise<void>((resolve) => {
        this.whenIdle = resolve;
      });
    }
    this.end();
  }

  private fill(): void {
    while (this.isSending && this.unanswered < this.windowMax) void this.call();
  }

  private async call(): Promise<void> {
    const flow = this.flow.next();
    const sentAtMs = performance.now();
    this.unanswered += 1;
    try {
      if ('place' in flow) this.placed(await this.place(flow.place), sentAtMs);
      else await this.cancel(flow.cancel);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      const { status, reason, retryAfterMs = 0 } = error;
      countRefused(this.phase, { isOverload: status === 'RESOURCE_EXHAUSTED', reason, retryAfterMs });
    }
    this.unanswered -= 1;
    this.fill();
    if (!this.isSending && this.unanswered === 0) this.whenIdle();
  }

  private place(request: trading.PlaceOrderRequest): Promise<trading.PlaceOrderResponse> {
    return this.client.call('placeOrder', request, { timeoutMs: UNARY_TIMEOUT_MS });
  }

  private placed(answer: trading.PlaceOrderResponse, sentAtMs: number): void {
    countPlaced(this.phase, sentAtMs, answer);
    const { order, fills } = answer;
    if (order && fills.length > 0) this.lastTaker = { orderId: order.orderId, sentAtMs };
  }

  private async cancel(request: trading.CancelOrderRequest): Promise<void> {
    await this.client.call('cancelOrder', request, { timeoutMs: UNARY_TIMEOUT_MS });
    this.phase.counts.cancelsAnswered += 1;
  }
}
