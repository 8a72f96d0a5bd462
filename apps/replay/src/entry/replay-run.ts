import { trading } from '@clearway/contracts';
import type { RpcClient } from '@clearway/platform-rpc';
import type { CommandOrder } from '../plan/command-order';
import type { PlaceCommand, ReplayPlan } from '../plan/replay-command';
import type { ReplayTally } from '../report/replay-tally';
import { CommandScheduler } from './command-scheduler';
import type { OrderMessages } from './order-messages';
import { OrderStream } from './order-stream';

/** What a run works with. */
export interface ReplayRunParts {
  readonly plan: ReplayPlan;
  readonly order: CommandOrder;
  readonly messages: OrderMessages;
  readonly tally: ReplayTally;
  readonly symbol: string;
  /** One client a participant, on a connection of its own; the run closes them. */
  readonly traders: readonly RpcClient<typeof trading.TradingServiceService>[];
  readonly tradingAdmin: RpcClient<typeof trading.TradingAdminServiceService>;
}

/** Answers can be lost with the service that owed them: after so long a silence every open command is sent again, by its key. */
const ASK_AGAIN_AFTER_MS = 5_000;
/** A run in which nothing is answered for so long has failed. */
const SILENCE_MAX_MS = 60_000;
const SILENCE_CHECK_INTERVAL_MS = 1_000;

/** Sends every command as soon as the commands that it depends on are acknowledged. */
export class ReplayRun {
  private readonly scheduler: CommandScheduler;
  private readonly streams: readonly OrderStream[];
  private readonly finish: Promise<void>;
  private settle: { resolve(): void; reject(error: Error): void } | undefined;
  private isPumpDue = false;
  private lastAnswerMs = Date.now();

  constructor(private readonly parts: ReplayRunParts) {
    const { plan, order, traders } = parts;
    const streamOf = (index: number): number => this.streamOf(index);
    this.scheduler = new CommandScheduler(order, streamOf, plan.participantCount + 1);
    this.finish = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    this.streams = traders.map(
      (client) =>
        new OrderStream(client, {
          onAck: (ack) => this.acknowledged(ack),
          onReport: (report) => parts.tally.reported(report),
          onLost: (error) => this.settle?.reject(error),
        }),
    );
  }

  /** How many commands are answered. */
  get done(): number {
    return this.scheduler.done;
  }

  /** How often streams had to be opened again. */
  get reconnects(): number {
    return this.streams.reduce((sum, stream) => sum + stream.reconnects, 0);
  }

  /** How many commands were sent again because their answer did not come. */
  get askedAgain(): number {
    return this.streams.reduce((sum, stream) => sum + stream.askedAgain, 0);
  }

  /** How often a command was put off because trading was not able to take it. */
  get putOff(): number {
    return this.streams.reduce((sum, stream) => sum + stream.putOff, 0);
  }

  /** Runs to the end. Rejects when a stream is lost for good, when nothing is answered any more, or on `signal`. */
  async run(signal: AbortSignal): Promise<void> {
    const watch = setInterval(() => this.watch(), SILENCE_CHECK_INTERVAL_MS);
    const interrupt = (): void => this.settle?.reject(signal.reason as Error);
    signal.addEventListener('abort', interrupt, { once: true });
    try {
      for (const stream of this.streams) stream.open();
      this.pumpSoon();
      await this.finish;
    } finally {
      clearInterval(watch);
    }
  }

  /** Ends the streams. Reports that are still on their way are lost, so wait for those that matter first. */
  close(): void {
    for (const stream of this.streams) stream.close();
  }

  private acknowledged(ack: trading.OrderEntryAck): void {
    this.parts.tally.acknowledged(ack);
    this.advance(ack.requestId);
  }

  private advance(index: number): void {
    this.lastAnswerMs = Date.now();
    this.scheduler.acknowledge(index);
    if (this.scheduler.isDone) this.settle?.resolve();
    else this.pumpSoon();
  }

  /** Gathers what one turn of the event loop makes ready into one message a stream. */
  private pumpSoon(): void {
    if (this.isPumpDue) return;
    this.isPumpDue = true;
    setImmediate(() => {
      this.isPumpDue = false;
      this.pump();
    });
  }

  private pump(): void {
    this.streams.forEach((stream, at) => {
      for (let room = stream.room; room > 0; room = stream.room) {
        const indices = this.scheduler.take(at, room);
        if (indices.length === 0) break;
        stream.send(indices.map((index) => this.parts.messages.of(index)));
      }
    });
    for (const index of this.scheduler.take(this.streams.length, 1)) void this.setStatus(index);
  }

  private async setStatus(index: number): Promise<void> {
    const command = this.parts.plan.commands[index];
    const { TRADING_STATUS_HALTED, TRADING_STATUS_OPEN } = trading.TradingStatus;
    const isHalt = command?.kind === 'status' && command.halted;
    const tradingStatus = isHalt ? TRADING_STATUS_HALTED : TRADING_STATUS_OPEN;
    try {
      const { symbol, tradingAdmin } = this.parts;
      await tradingAdmin.call('setTradingStatus', { symbol, tradingStatus }, { idempotent: true });
      this.advance(index);
    } catch (error) {
      this.settle?.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private watch(): void {
    this.pumpSoon();
    const silenceMs = Date.now() - this.lastAnswerMs;
    if (silenceMs >= ASK_AGAIN_AFTER_MS)
      for (const stream of this.streams) stream.askAgain(ASK_AGAIN_AFTER_MS);
    if (silenceMs < SILENCE_MAX_MS) return;
    const open = this.parts.plan.commands.length - this.scheduler.done;
    this.settle?.reject(
      new Error(`nothing was answered for ${SILENCE_MAX_MS} ms; ${open} commands are open`),
    );
  }

  private streamOf(index: number): number {
    const { commands, participantCount } = this.parts.plan;
    const command = commands[index]!;
    if (command.kind === 'status') return participantCount;
    if (command.kind === 'place') return command.participant;
    return (commands[command.order] as PlaceCommand).participant;
  }
}
