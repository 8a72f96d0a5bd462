import type { trading } from '@clearway/contracts';
import {
  type CancelOrder,
  isOpen,
  type PlaceOrder,
  type ReplaceAnswer,
  type ReplaceOrder,
  type Report,
  type TradingOutcome,
} from '@clearway/domain-trading';
import { type CallContext, type DuplexStream, fields, RpcError } from '@clearway/platform-rpc';
import { toRpcError } from '@clearway/platform-service';
import { status } from '@grpc/grpc-js';
import type { OrderCodec } from '../codec/order.codec';
import type { OrderTraces } from '../effects/order-traces';
import type { PlacedOrders } from '../effects/placed-orders';
import type { ReplacedOrders } from '../effects/replaced-orders';
import type { ReportHub, ReportListener } from '../effects/report-hub';
import type { SelfTradeModes } from '../self-trade-modes';
import type { TradingCore } from '../trading-core';
import { CommandDurations } from './command-durations';
import { CommandSpans } from './command-spans';
import { canceledResponse, placedResponse, refusalOf, replacedResponse } from './order-answers';
import { cancelOrderCommand, orderReference, placeOrderCommand, replaceOrderCommand } from './order-commands';
import { OutgoingMessages } from './outgoing-messages';
import { RecentOrders } from './recent-orders';

/** Commands in one message. */
const MESSAGE_COMMANDS_MAX = 500;
/** Closed orders that a stream still follows, to tell that a trade of theirs was busted. */
const CLOSED_FOLLOWED_MAX = 10_000;
/** Unanswered commands at which reading pauses, and goes on again at half. */
const UNANSWERED_MAX = 4_000;

/** What one order-entry stream works with. */
export interface OrderEntryParts {
  readonly core: TradingCore;
  readonly codec: OrderCodec;
  readonly placedOrders: PlacedOrders;
  readonly replacedOrders: ReplacedOrders;
  readonly hub: ReportHub;
  readonly traces: OrderTraces;
  readonly modes: SelfTradeModes;
  readonly call: CallContext;
  readonly stream: DuplexStream<trading.StreamOrdersRequest, trading.StreamOrdersResponse>;
}

interface Entered {
  readonly requestId: number;
  readonly command: PlaceOrder | CancelOrder | ReplaceOrder;
}

/**
 * One order-entry stream: the commands of one message are one turn of the shard; each is acknowledged once, in whatever
 * order they are decided. The stream's open orders are cancelled when it ends, if its first message asked for that.
 */
export class OrderEntrySession {
  private readonly outgoing: OutgoingMessages;
  private readonly openOrders = new Set<number>();
  private readonly closedOrders = new RecentOrders(CLOSED_FOLLOWED_MAX);
  /** Commands that the shard has not decided yet. It never rejects. */
  private readonly entering = new Set<Promise<void>>();
  /** Orders that were let in and are not answered yet, by request id. */
  private readonly admitted = new Set<number>();
  private readonly listener: ReportListener;
  private readonly spans: CommandSpans;
  private readonly durations = new CommandDurations();
  private isFirst = true;
  private cancelOnDisconnect = false;
  private unanswered = 0;
  private isPaused = false;
  private whenIdle: (() => void) | undefined;

  constructor(private readonly parts: OrderEntryParts) {
    this.outgoing = new OutgoingMessages(parts.stream);
    this.spans = new CommandSpans(parts.traces.tracing, parts.call);
    this.listener = (report, sequence) => this.reported(report, sequence);
    parts.call.signal.addEventListener('abort', () => this.whenIdle?.(), { once: true });
  }

  /** Takes one message. Throws for a message of the wrong shape, which ends the stream. */
  take(message: trading.StreamOrdersRequest): void {
    const check = fields();
    check.list('commands', message.commands, MESSAGE_COMMANDS_MAX);
    check.done();
    if (this.isFirst) this.begin(message);
    const entered = message.commands.map((each) => this.read(each)).filter((each) => each !== undefined);
    if (entered.length > 0) this.enterAll(entered);
  }

  /** Resolves when every command taken is answered and sent, or nobody waits any more. */
  async finished(): Promise<void> {
    if (this.unanswered > 0 && !this.parts.call.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.whenIdle = resolve;
      });
    }
    await this.outgoing.flushed();
  }

  private track(entering: Promise<void>): void {
    this.entering.add(entering);
    void entering.finally(() => this.entering.delete(entering));
  }

  /** Ends the session: what it still enters is waited for, because it may yet become an order. Its orders are let go, or cancelled if that was asked for. */
  async close(): Promise<void> {
    await Promise.all(this.entering);
    const { core, hub, call } = this.parts;
    this.spans.close();
    this.durations.close();
    const open = [...this.openOrders];
    if (this.cancelOnDisconnect && open.length > 0) {
      const commands = open.map((orderNumber) =>
        cancelOrderCommand({ orderNumber }, call.caller, 'DISCONNECTED'),
      );
      await core.shard.submitMany(commands, call.toCommandContext()).catch((error: Error) => {
        core.log.error({ err: error, orders: open.length }, 'orders of an ended stream were not cancelled');
      });
    }
    for (const orderNumber of [...open, ...this.closedOrders]) hub.unfollow(orderNumber, this.listener);
  }

  private begin(message: trading.StreamOrdersRequest): void {
    this.isFirst = false;
    this.cancelOnDisconnect = message.cancelOnDisconnect;
    this.outgoing.acksOnly = message.acksOnly;
  }

  private read(entry: trading.OrderEntryCommand): Entered | undefined {
    const { requestId, command } = entry;
    this.durations.taken(entry);
    const { caller } = this.parts.call;
    this.unanswered += 1;
    try {
      if (command?.$case === 'place') {
        this.admit(requestId);
        return { requestId, command: placeOrderCommand(command.value, caller, this.parts.modes) };
      }
      if (command?.$case === 'cancel') {
        const reference = orderReference(command.value, this.parts.codec);
        return { requestId, command: cancelOrderCommand(reference, caller) };
      }
      if (command?.$case === 'replace') {
        return { requestId, command: replaceOrderCommand(command.value, this.parts.codec, caller) };
      }
      throw new RpcError('FIELD_INVALID', 'command must be set');
    } catch (error) {
      this.refuse(requestId, error);
      return undefined;
    }
  }

  /** Throws OVERLOADED when too many orders wait already. */
  private admit(requestId: number): void {
    if (this.admitted.has(requestId)) return;
    this.parts.placedOrders.admission.enter();
    this.admitted.add(requestId);
  }

  /**
   * Submits the commands of one message in order. One that is sampled goes by itself, because its journal context carries
   * its trace; nothing is awaited in between, so they still meet in the shard's queue as they came.
   */
  private enterAll(entered: readonly Entered[]): void {
    let from = 0;
    for (let index = 0; index < entered.length; index += 1) {
      const each = entered[index];
      if (!this.spans.samples() || each === undefined) continue;
      if (index > from) this.track(this.enter(entered.slice(from, index)));
      this.track(this.enter([each], this.spans.start(each.requestId, each.command.kind).traceparent));
      from = index + 1;
    }
    if (from === 0) this.track(this.enter(entered));
    else if (from < entered.length) this.track(this.enter(entered.slice(from)));
  }

  private async enter(entered: readonly Entered[], traceparent?: string): Promise<void> {
    const { core, call, stream } = this.parts;
    if (this.unanswered >= UNANSWERED_MAX && !this.isPaused) {
      this.isPaused = true;
      stream.pause();
    }
    try {
      const commands = entered.map((each) => each.command);
      const origin = call.toCommandContext();
      const context = traceparent === undefined ? origin : { ...origin, traceparent };
      const outcomes = await core.shard.submitMany(commands, context);
      if (traceparent !== undefined) this.trace(outcomes[0], traceparent);
      for (const [index, outcome] of outcomes.entries())
        this.decided(entered[index]?.requestId ?? 0, outcome);
    } catch (error) {
      for (const { requestId } of entered) this.refuse(requestId, toRpcError(error));
    }
  }

  /** The steps of what was accepted leave in the next round of the event loop. */
  private trace(outcome: TradingOutcome | undefined, traceparent: string): void {
    const { traces } = this.parts;
    if (outcome?.kind === 'accepted') traces.begin(outcome.orderNumber, traceparent);
    if (outcome?.kind === 'canceled') traces.begin(outcome.order.number, traceparent);
  }

  private decided(requestId: number, outcome: TradingOutcome): void {
    const { codec, placedOrders } = this.parts;
    switch (outcome.kind) {
      case 'accepted':
        this.follow(outcome.orderNumber);
        return placedOrders.whenPlaced(outcome.orderNumber, ({ order, fills }) => {
          const value = placedResponse(codec, order, fills, false);
          this.ack({ requestId, result: { $case: 'placed', value } });
        });
      case 'answered': {
        const value = placedResponse(codec, outcome.order, [], false);
        return this.ack({ requestId, result: { $case: 'placed', value } });
      }
      case 'duplicate':
        if (!outcome.answered) {
          return placedOrders.whenPlaced(outcome.orderNumber, ({ order, fills }) => {
            this.ack({
              requestId,
              result: { $case: 'placed', value: placedResponse(codec, order, fills, true) },
            });
          });
        }
        if (isOpen(outcome.order)) this.follow(outcome.orderNumber);
        return this.ack({
          requestId,
          result: { $case: 'placed', value: placedResponse(codec, outcome.order, [], true) },
        });
      case 'canceled':
      case 'too-late': {
        const value = canceledResponse(codec, outcome.order, outcome.kind === 'canceled');
        return this.ack({ requestId, result: { $case: 'canceled', value } });
      }
      case 'cancel-pending':
        return placedOrders.whenPlaced(outcome.orderNumber, ({ order }) => {
          const value = canceledResponse(codec, order, order.status === 'CANCELED');
          this.ack({ requestId, result: { $case: 'canceled', value } });
        });
      case 'replace-answered':
        return this.ackReplaced(requestId, outcome.answer, outcome.duplicate);
      case 'replace-pending':
        return this.parts.replacedOrders.whenReplaced(outcome.orderNumber, outcome.clOrdId, (answer) =>
          this.ackReplaced(requestId, answer, outcome.duplicate),
        );
      default:
        return this.refuse(requestId, refusalOf(outcome));
    }
  }

  private ackReplaced(requestId: number, answer: ReplaceAnswer, duplicate: boolean): void {
    const value = replacedResponse(this.parts.codec, answer, duplicate);
    this.ack({ requestId, result: { $case: 'replaced', value } });
  }

  private follow(orderNumber: number): void {
    this.openOrders.add(orderNumber);
    this.parts.hub.follow(orderNumber, this.listener);
  }

  private reported(report: Report, sequence: number): void {
    const { codec, hub } = this.parts;
    this.outgoing.report(() => codec.report(report, sequence, hub.epoch));
    if (isOpen(report.order) || !this.openOrders.delete(report.order.number)) return;
    const oldest = this.closedOrders.add(report.order.number);
    if (oldest !== undefined) hub.unfollow(oldest, this.listener);
  }

  private refuse(requestId: number, error: unknown): void {
    const known =
      error instanceof RpcError ? error : new RpcError('INTERNAL', undefined, {}, { cause: error });
    if (known !== error) this.parts.core.log.error({ err: error }, 'a streamed command failed');
    const { reason: code, message, metadata, retryAfterMs = 0 } = known;
    const reason = { code, message, metadata: { ...metadata } };
    this.ack({
      requestId,
      result: { $case: 'error', value: { status: status[known.status], reason, retryAfterMs } },
    });
  }

  private ack(ack: trading.OrderEntryAck): void {
    this.outgoing.ack(ack);
    this.durations.acknowledged(ack, this.spans.acknowledged(ack));
    this.unanswered -= 1;
    if (this.admitted.delete(ack.requestId)) this.parts.placedOrders.admission.left();
    if (this.isPaused && this.unanswered <= UNANSWERED_MAX / 2) {
      this.isPaused = false;
      this.parts.stream.resume();
    }
    if (this.unanswered === 0) this.whenIdle?.();
  }
}
