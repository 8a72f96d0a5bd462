import {
  type CancelOrder,
  type MassCancelScope,
  type OrderView,
  type PlaceOrder,
  type ReplaceOrder,
  type Report,
  type TradingCommand,
  type TradingEvent,
  type TradingOutcome,
  type TradingOutput,
  type TradingRequest,
  type TradingState,
  tradingInvariants,
} from '@clearway/domain-trading';
import { RpcError } from '@clearway/platform-rpc';
import { SagaRuntime } from '@clearway/platform-saga';
import { type ReadFeed, readFeed } from './feed-reading';
import type { TradingMachine } from './machines';
import type { Network } from './network';
import { clearingOfTrading, riskOfTrading, type Send } from './participants';
import { plainEventCodec } from './plain-event-codec';
import type { ServiceProcess, ServiceSpec } from './service-process';
import type { SessionWatch } from './session-watch';
import type { World } from './world';

/** What a trading process is made of. */
export type TradingSpec = ServiceSpec<
  TradingState,
  TradingCommand,
  TradingEvent,
  TradingOutcome,
  TradingOutput
>;
type TradingProcess = ServiceProcess<
  TradingState,
  TradingCommand,
  TradingEvent,
  TradingOutcome,
  TradingOutput
>;

/** What PlaceOrder, ReplaceOrder and CancelOrder answer, as far as clients here look at it. */
export interface OrderAnswer {
  readonly order: OrderView;
  readonly fills: readonly Report[];
}

const LOOK_EVERY_MS = 200;

/** Trading as apps/trading wires it: handlers, waiters for answers, the saga runtime and the clock of phases and expiry. */
export function tradingSpec(
  machine: TradingMachine,
  world: World,
  network: Network,
  watch: SessionWatch,
  turnPauseMs: number,
): TradingSpec {
  const waiters = new WeakMap<TradingProcess, PlacedWaiters>();
  return {
    name: 'trading',
    machine,
    codec: plainEventCodec(),
    check: tradingInvariants,
    watch,
    handlers: (process) => {
      const placed = new PlacedWaiters();
      waiters.set(process, placed);
      return tradingHandlers(process, placed, world);
    },
    started: async (process) => {
      process.shard.onOutputs((outputs) => checkTold(process, outputs));
      process.shard.onOutputs((outputs) => waiters.get(process)?.take(outputs));
      process.shard.onOutputs((outputs) => {
        if (outputs.some(({ kind }) => kind === 'stops-due'))
          process.submit({ kind: 'TriggerStops' }).catch(() => undefined);
      });
      await runtimeOf(process, world, network).start();
      watchClock(process, turnPauseMs);
    },
  };
}

function tradingHandlers(process: TradingProcess, placed: PlacedWaiters, world: World) {
  return {
    PlaceOrder: (command: PlaceOrder) =>
      world.mutation.answersBeforeCommit ? answerEarly(process, command) : place(process, placed, command),
    CancelOrder: async (command: CancelOrder): Promise<OrderAnswer> => {
      const outcome = await process.submit(command);
      if (outcome.kind === 'canceled' || outcome.kind === 'too-late')
        return { order: outcome.order, fills: [] };
      if (outcome.kind !== 'cancel-pending') throw refusalOf(outcome);
      return placed.whenPlaced(outcome.orderNumber);
    },
    ReplaceOrder: async (command: ReplaceOrder): Promise<OrderAnswer> => {
      const outcome = await process.submit(command);
      if (outcome.kind === 'replace-answered') return outcome.answer;
      if (outcome.kind !== 'replace-pending') throw refusalOf(outcome);
      return placed.whenReplaced(outcome.orderNumber, outcome.clOrdId);
    },
    MassCancel: (scope: MassCancelScope) => massCancel(process, scope),
    Command: (command: TradingCommand) => process.submit(command),
    ReadFeed: (request: ReadFeed) => readFeed(process as unknown as ServiceProcess, request),
  };
}

/** Turn by turn, as apps/trading does it. Afterwards none of the scope's orders may be open. */
async function massCancel(process: TradingProcess, scope: MassCancelScope): Promise<number> {
  let canceled = 0;
  for (let belowOrderNumber = 0; ; ) {
    const outcome = await process.submit({ kind: 'MassCancel', scope, belowOrderNumber });
    if (outcome.kind !== 'mass-canceled') throw refusalOf(outcome);
    canceled += outcome.canceledOrders;
    if (outcome.openOrders === 0) return canceled;
    belowOrderNumber = outcome.belowOrderNumber;
    await pause(20);
  }
}

async function place(
  process: TradingProcess,
  placed: PlacedWaiters,
  command: PlaceOrder,
): Promise<OrderAnswer> {
  const outcome = await process.submit(command);
  if (outcome.kind === 'duplicate' && outcome.answered) return { order: outcome.order, fills: [] };
  if (outcome.kind !== 'accepted' && outcome.kind !== 'duplicate') throw refusalOf(outcome);
  return placed.whenPlaced(outcome.orderNumber);
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });
}

/** The planted bug: it looks at what was decided and answers without waiting for the commit. */
async function answerEarly(process: TradingProcess, command: PlaceOrder): Promise<OrderAnswer> {
  void process.submit(command).catch(() => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  const { live } = process;
  const number = live?.keys.get(`${command.account}|${command.clOrdId}`);
  const order = number === undefined ? undefined : live?.orders.get(number);
  if (!order) throw new RpcError('OUTCOME_UNKNOWN');
  return { order: { ...order }, fills: [] };
}

function refusalOf(outcome: TradingOutcome): RpcError {
  if (outcome.kind === 'refused') return new RpcError(outcome.reason.code);
  return new RpcError('FIELD_INVALID', JSON.stringify(outcome));
}

/** Nobody may hear of an order, a trade or a saga that the journal does not hold. */
function checkTold(process: TradingProcess, outputs: readonly TradingOutput[]): void {
  const { world, database } = process.setting;
  const durable = database.shadow as TradingState;
  const told = (what: string, number: number, next: number): void => {
    if (number >= next) world.fail('told-only-what-is-durable', `${what} ${number} left before its commit`);
  };
  for (const output of outputs) {
    if (output.kind === 'saga-call') told('a call of saga', output.call.sagaNumber, durable.sagas.nextNumber);
    if (output.kind !== 'report') continue;
    told('a report of order', output.report.order.number, durable.nextOrderNumber);
    if (output.report.trade) told('trade', output.report.trade.number, durable.nextTradeNumber);
  }
}

function runtimeOf(process: TradingProcess, world: World, network: Network) {
  const send: Send = (call) => network.call({ ...call, from: process.owner, caller: 'trading' });
  return new SagaRuntime<TradingState, TradingCommand, TradingOutput, TradingRequest>({
    shard: {
      submit: (command) => process.submit(command),
      read: (view) => process.shard.read(view),
      onOutputs: (listener) => process.shard.onOutputs(listener),
    },
    participants: { risk: riskOfTrading(send, 'trading/0'), clearing: clearingOfTrading(send, 'trading/0') },
    commands: {
      answers: (answers) => ({ kind: 'SagaAnswers', answers }),
      tick: () => ({ kind: 'SagaTick' }),
      recover: () => (world.mutation.forgetsToRecover ? { kind: 'SagaTick' } : { kind: 'SagaRecover' }),
    },
    sagasOf: (state) => state.sagas,
    outputOf: (output) => (output.kind === 'saga-call' || output.kind === 'saga-ended' ? output : undefined),
    nowMicros: () => process.nowMicros(),
    log: { warn: () => undefined, info: () => undefined },
  });
}

/** Lets phases end and orders expire, as the session clock of apps/trading does. */
function watchClock(process: TradingProcess, turnPauseMs: number): void {
  let isLooking = false;
  const look = async (): Promise<void> => {
    for (let due = await dueOf(process); due; due = await dueOf(process)) {
      await process.submit({ kind: due });
      if (turnPauseMs > 0) await pause(turnPauseMs);
    }
  };
  setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    look()
      .catch(() => undefined)
      .finally(() => {
        isLooking = false;
      });
  }, LOOK_EVERY_MS);
}

function dueOf(process: TradingProcess): Promise<'AdvanceClock' | 'ExpireOrders' | undefined> {
  return process.shard.read(({ phaseDueMicros, expiries }) => {
    const nowMicros = process.nowMicros();
    if (phaseDueMicros <= nowMicros) return 'AdvanceClock';
    return expiries.nextAtMicros <= nowMicros ? 'ExpireOrders' : undefined;
  });
}

/** Who waits for the answer to an order or to its replacement, as in apps/trading. */
class PlacedWaiters {
  readonly #waiters = new Map<string, ((answer: OrderAnswer) => void)[]>();

  take(outputs: readonly TradingOutput[]): void {
    for (const output of outputs) {
      if (output.kind === 'placed') this.#give(`${output.order.number}`, output);
      if (output.kind === 'replaced')
        this.#give(`${output.answer.order.number}|${output.answer.clOrdId}`, output.answer);
    }
  }

  whenPlaced(orderNumber: number): Promise<OrderAnswer> {
    return this.#when(`${orderNumber}`);
  }

  whenReplaced(orderNumber: number, clOrdId: string): Promise<OrderAnswer> {
    return this.#when(`${orderNumber}|${clOrdId}`);
  }

  #give(key: string, answer: OrderAnswer): void {
    const waiters = this.#waiters.get(key) ?? [];
    this.#waiters.delete(key);
    for (const waiter of waiters) waiter(answer);
  }

  #when(key: string): Promise<OrderAnswer> {
    return new Promise((resolve) => {
      this.#waiters.set(key, [...(this.#waiters.get(key) ?? []), resolve]);
    });
  }
}
