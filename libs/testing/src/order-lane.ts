import type { common, trading } from '@clearway/contracts';
import { RpcError } from '@clearway/platform-rpc';
import type { Peer } from './peer';
import {
  ORD_TYPE_MARKET,
  order,
  SIDE_BUY,
  SIDE_SELL,
  SYMBOL,
  TIME_IN_FORCE_FOK,
  TIME_IN_FORCE_GTC,
  TIME_IN_FORCE_IOC,
} from './test-market';
import { until } from './until';

type Stream = ReturnType<typeof openStream>;

/** What of an answer must still be true at the end. */
export type AnsweredOrder = Pick<trading.Order, 'orderId' | 'ordStatus' | 'cumQty'>;

const MESSAGE_COMMANDS_MAX = 200;
const UNARY_TIMEOUT_MS = 15_000;
const SETTLE_TIMEOUT_MS = 40_000;
const UNANSWERED_MAX = 500;
const ASKED_AT_ONCE = 16;
/** Every so many-th order goes by a unary call, every so many-th is cancelled after its answer. */
const UNARY_EVERY = 10;
const CANCEL_EVERY = 4;
const MID_TICKS = 10_000;
const SPREAD_TICKS = 40;

/**
 * One client that keeps placing orders as a program would: most over a stream, some by unary calls, some cancelled again.
 * It keeps what it asked for until it is answered, and asks again with the same key when a connection breaks.
 */
export class OrderLane {
  /** Last answer to each order, or to its cancel, by client order id. */
  readonly answers = new Map<string, AnsweredOrder>();
  /** Orders that were refused with an error and so never accepted. */
  readonly errors: string[] = [];
  readonly requests = new Map<string, trading.PlaceOrderRequest>();
  private readonly unanswered = new Map<number, trading.PlaceOrderRequest>();
  private stream: Stream | undefined;
  /** Cancels that were acknowledged. */
  cancelsAcknowledged = 0;
  private isStopping = false;
  private heardAtMs = performance.now();
  private nextRequestId = 1;

  constructor(
    private readonly peer: Peer,
    private readonly participant: string,
    private readonly random: () => number,
    /** Told of each order that is answered for the first time. */
    private readonly onAnswered: () => void = () => undefined,
    /** Instruments that it trades in. */
    private readonly symbols: readonly string[] = [SYMBOL],
  ) {
    this.open();
  }

  /** Places some orders, if there is a way to and not too many are unanswered. */
  place(count: number): void {
    const { stream } = this;
    this.leaveSilentStream();
    if (stream === undefined || this.unanswered.size >= UNANSWERED_MAX) return;
    const streamed: trading.OrderEntryCommand[] = [];
    for (let made = 0; made < count; made += 1) {
      const request = this.randomOrder();
      this.requests.set(request.clOrdId, request);
      const requestId = this.take(request);
      if (requestId % UNARY_EVERY === 0) void this.placeUnary(requestId, request);
      else streamed.push({ requestId, command: { $case: 'place', value: request } });
    }
    stream.write({ cancelOnDisconnect: false, acksOnly: true, commands: streamed });
  }

  /** Stops at once: nothing is asked for again. */
  abandon(): void {
    this.isStopping = true;
    this.stream?.cancel();
  }

  /** Stops placing, and asks for every order that has no answer yet until it has one. */
  async settle(): Promise<void> {
    this.isStopping = true;
    this.stream?.end();
    await until('the stream to end', () => this.stream === undefined, { timeoutMs: SETTLE_TIMEOUT_MS });
    const open = [...this.unanswered];
    const askAll = async (): Promise<void> => {
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        const [requestId, request] = next;
        const ask = (): Promise<boolean> => this.placeUnary(requestId, request);
        await until(`an answer to ${request.clOrdId}`, ask, { timeoutMs: SETTLE_TIMEOUT_MS });
      }
    };
    await Promise.all(Array.from({ length: ASKED_AT_ONCE }, askAll));
  }

  /** A connection that swallows what it is given breaks only after long; a program does not wait for that. */
  private leaveSilentStream(): void {
    if (this.unanswered.size === 0) this.heardAtMs = performance.now();
    if (performance.now() - this.heardAtMs < SILENT_MS_MAX) return;
    this.heardAtMs = performance.now();
    this.stream?.cancel();
  }

  private open(): void {
    if (this.isStopping) return;
    const stream = openStream(this.peer);
    this.stream = stream;
    const reopen = (): void => {
      if (this.stream !== stream) return;
      this.stream = undefined;
      if (!this.isStopping) setTimeout(() => this.open(), REOPEN_AFTER_MS);
    };
    stream
      .receive(({ acks }) => {
        this.heardAtMs = performance.now();
        for (const ack of acks) this.acknowledged(ack);
      })
      .then(reopen, reopen);
    this.sendAgain(stream);
  }

  private sendAgain(stream: Stream): void {
    const commands = [...this.unanswered].map(([requestId, request]) => ({
      requestId,
      command: { $case: 'place', value: request } as const,
    }));
    for (let from = 0; from < Math.max(1, commands.length); from += MESSAGE_COMMANDS_MAX) {
      const part = commands.slice(from, from + MESSAGE_COMMANDS_MAX);
      stream.write({ cancelOnDisconnect: false, acksOnly: true, commands: part });
    }
  }

  private take(request: trading.PlaceOrderRequest): number {
    const requestId = this.nextRequestId;
    this.nextRequestId += 1;
    this.unanswered.set(requestId, request);
    return requestId;
  }

  private acknowledged({ requestId, result }: trading.OrderEntryAck): void {
    if (result?.$case === 'placed') this.answered(requestId, result.value);
    // Unavailable or overloaded: it is asked for again. Anything else would be a bug of the load.
    if (result?.$case === 'error' && result.value.retryAfterMs === 0 && !RETRIED.has(result.value.status))
      this.failed(requestId, result.value.reason);
  }

  private async placeUnary(requestId: number, request: trading.PlaceOrderRequest): Promise<boolean> {
    if (!this.unanswered.has(requestId)) return true;
    try {
      const answer = await this.peer.trading.call('placeOrder', request, { timeoutMs: UNARY_TIMEOUT_MS });
      this.answered(requestId, answer);
      return true;
    } catch (error) {
      if (error instanceof RpcError && !error.retryable)
        this.failed(requestId, { code: error.reason, message: error.message });
      return false;
    }
  }

  private answered(requestId: number, { order: placed }: trading.PlaceOrderResponse): void {
    const request = this.unanswered.get(requestId);
    if (request === undefined) return;
    if (placed === undefined) throw new Error('an answer without its order');
    this.unanswered.delete(requestId);
    this.answers.set(request.clOrdId, answeredOf(placed));
    this.onAnswered();
    if (requestId % CANCEL_EVERY === 0) void this.cancel(request);
  }

  private async cancel({ account, clOrdId }: trading.PlaceOrderRequest): Promise<void> {
    try {
      const { order: left } = await this.peer.trading.call('cancelOrder', { orderId: '', account, clOrdId });
      if (left === undefined) return;
      this.cancelsAcknowledged += 1;
      this.answers.set(clOrdId, answeredOf(left));
    } catch {
      // Not acknowledged: it may stand or not.
    }
  }

  private failed(requestId: number, reason: Pick<common.Reason, 'code' | 'message'> | undefined): void {
    const request = this.unanswered.get(requestId);
    if (request === undefined) return;
    this.unanswered.delete(requestId);
    this.errors.push(`${request.clOrdId}: answered ${reason?.code ?? 'UNKNOWN'} (${reason?.message ?? ''})`);
  }

  /** Draws only where there is a choice: a seed gives the same orders as ever in one instrument. */
  private randomSymbol(): string {
    const { symbols } = this;
    const at = symbols.length === 1 ? 0 : Math.floor(this.random() * symbols.length);
    return symbols[at] ?? SYMBOL;
  }

  private randomOrder(): trading.PlaceOrderRequest {
    const pick = this.random();
    const ticks = MID_TICKS + Math.round((this.random() - 0.5) * 2 * SPREAD_TICKS);
    const base = {
      symbol: this.randomSymbol(),
      side: this.random() < 0.5 ? SIDE_BUY : SIDE_SELL,
      orderQty: String(1 + Math.floor(this.random() * 10)),
      price: (ticks / 100).toFixed(2),
    };
    if (pick < 0.05) return order(this.participant, { ...base, ordType: ORD_TYPE_MARKET, price: '' });
    if (pick < 0.15) return order(this.participant, { ...base, timeInForce: TIME_IN_FORCE_IOC });
    if (pick < 0.2) return order(this.participant, { ...base, timeInForce: TIME_IN_FORCE_FOK });
    if (pick < 0.3)
      return order(this.participant, { ...base, timeInForce: TIME_IN_FORCE_GTC, postOnly: true });
    return order(this.participant, { ...base, timeInForce: TIME_IN_FORCE_GTC });
  }
}

const REOPEN_AFTER_MS = 50;
/** Silence after which a stream is opened anew while orders wait for an answer. */
const SILENT_MS_MAX = 3_000;
/** DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE. */
const RETRIED = new Set([4, 8, 14]);

function answeredOf({ orderId, ordStatus, cumQty }: trading.Order): AnsweredOrder {
  return { orderId, ordStatus, cumQty };
}

function openStream(peer: Peer) {
  return peer.trading.duplex('streamOrders', {});
}

/** Seeded random numbers from 0 to 1 (mulberry32): a load can be repeated. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
