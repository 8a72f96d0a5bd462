import { join } from 'node:path';
import { saga, trading } from '@clearway/contracts';
import type { SagaInstance } from '@clearway/domain-saga';
import {
  nothingOutlivesItsTime,
  sagaMachine,
  type TradingCommand,
  type TradingOutput,
  type TradingRequest,
  type TradingState,
  tradingInvariants,
  tradingMachine,
} from '@clearway/domain-trading';
import { type RpcService, rpcService } from '@clearway/platform-rpc';
import { SagaRuntime, sagaServiceHandlers } from '@clearway/platform-saga';
import {
  feedService,
  invariantService,
  perCore,
  type SagaCounts,
  type Stoppable,
  serviceTlsFiles,
} from '@clearway/platform-service';
import { ShardDirectory } from '@clearway/platform-sharding';
import { clearingParticipant } from './clients/clearing.participant';
import { riskParticipant } from './clients/risk.participant';
import { OrderCodec } from './codec/order.codec';
import { tradingEventCodec } from './codec/trading-event.codec';
import type { TradingSettings } from './config';
import { Instruments } from './effects/instruments';
import { KillSweeper } from './effects/kill-sweeper';
import { MarketFeed } from './effects/market-feed';
import { MassCanceler } from './effects/mass-canceler';
import { OrderTraces } from './effects/order-traces';
import { PlacedOrders } from './effects/placed-orders';
import { ReplacedOrders } from './effects/replaced-orders';
import { ReportHub } from './effects/report-hub';
import { SessionClock } from './effects/session-clock';
import { SharedQuotes } from './effects/shared-quotes';
import { StopTrigger } from './effects/stop-trigger';
import { tradingMigrations } from './migrations/trading-migrations';
import { MarketHistory } from './projections/market-history';
import { OrderHistory } from './projections/order-history';
import { ORDER_EVENT_TYPES, projectOrders } from './projections/project-orders';
import * as allow from './rpc/allow';
import { cancelOrderRpc } from './rpc/cancel-order.rpc';
import { confirmKillSwitchReleaseRpc } from './rpc/confirm-kill-switch-release.rpc';
import { engageKillSwitchRpc } from './rpc/engage-kill-switch.rpc';
import { getOrderStatusRpc } from './rpc/get-order-status.rpc';
import { listInstrumentRpc } from './rpc/list-instrument.rpc';
import { listInstrumentsRpc } from './rpc/list-instruments.rpc';
import { listKillSwitchesRpc } from './rpc/list-kill-switches.rpc';
import { listOrderNeedsRpc } from './rpc/list-order-needs.rpc';
import { listOrdersRpc } from './rpc/list-orders.rpc';
import { marketDataService } from './rpc/market-data-service';
import { massCancelRpc } from './rpc/mass-cancel.rpc';
import { placeOrderRpc } from './rpc/place-order.rpc';
import { replaceOrderRpc } from './rpc/replace-order.rpc';
import { requestKillSwitchReleaseRpc } from './rpc/request-kill-switch-release.rpc';
import { tradingRoutes } from './rpc/routes';
import { setTradingStatusRpc } from './rpc/set-trading-status.rpc';
import { streamOrdersRpc } from './rpc/stream-orders.rpc';
import { watchOrdersRpc } from './rpc/watch-orders.rpc';
import { outcomeOf, type TradingCore, type TradingDefinition } from './trading-core';

/** Orders and executions. */
const READ_MODEL = 'orders';

type Runtime = SagaRuntime<TradingState, TradingCommand, TradingOutput, TradingRequest>;

/** What is made once the shard is there. */
interface Parts {
  readonly instruments: Instruments;
  readonly placedOrders: PlacedOrders;
  readonly replacedOrders: ReplacedOrders;
  readonly traces: OrderTraces;
  readonly hub: ReportHub;
  readonly codec: OrderCodec;
  readonly history: OrderHistory;
  readonly marketHistory: MarketHistory;
  readonly marketFeed: MarketFeed;
  readonly sharedQuotes: SharedQuotes | undefined;
  readonly sagas: Runtime;
  readonly sweeper: KillSweeper;
  readonly canceler: MassCanceler;
  readonly stopTrigger: StopTrigger;
  readonly clients: Stoppable;
}

/** The whole of trading in one numbered list; the only place that makes its parts. */
export function wireTrading(settings: TradingSettings): TradingDefinition {
  const partsOf = perCore((core: TradingCore) => makeParts(core, settings));
  return {
    name: 'trading',
    settings,
    machine: tradingMachine,
    codec: tradingEventCodec,
    migrations: tradingMigrations,
    readModels: [
      {
        name: READ_MODEL,
        types: ORDER_EVENT_TYPES,
        apply: (events, client, shard) => projectOrders(client, shard, events),
      },
    ],
    routes: tradingRoutes,
    rpcServices: (core) => rpcServices(core, partsOf(core), settings),
    started: (core) => start(core, partsOf(core)),
    sagaCounts,
    snapshotWorkerFile: join(__dirname, 'snapshot.worker.js'),
  };
}

function makeParts(core: TradingCore, settings: TradingSettings): Parts {
  const { log, pool, shardId } = core;
  const nowMicros = () => Date.now() * 1_000;
  // 1 What handlers need to know of instruments, and how the domain's views are written on the wire.
  const instruments = new Instruments();
  const codec = new OrderCodec(shardId, instruments.of);
  // 2 Who waits for answers and reports, and which orders are traced.
  const placedOrders = new PlacedOrders();
  const replacedOrders = new ReplacedOrders();
  const traces = new OrderTraces(core.tracing);
  const hub = new ReportHub(nowMicros());
  // 3 What is asked of the read models.
  const catchUp = () => core.caughtUp(READ_MODEL);
  const history = new OrderHistory(pool, shardId, codec, catchUp);
  const marketHistory = new MarketHistory(pool, shardId, catchUp);
  // 4 What everybody may see.
  const sharedQuotes = core.redis && new SharedQuotes(core.redis);
  const marketFeed = new MarketFeed(core, marketHistory, sharedQuotes?.take);
  // 5 The ways to risk and clearing.
  const { risk, clearing, clients } = openDirectories(settings, log);
  // 6 The saga runtime, which sends what the machine publishes and brings the answers back.
  const sagas: Runtime = new SagaRuntime({
    shard: {
      submit: (command: TradingCommand) => core.submitOwn(command, command.kind),
      read: (view) => core.read(view),
      onOutputs: (listener) => core.shard.onOutputs(listener),
    },
    participants: {
      risk: riskParticipant(risk, shardId),
      clearing: clearingParticipant(clearing, shardId),
    },
    commands: {
      answers: (answers): TradingCommand => ({ kind: 'SagaAnswers', answers }),
      tick: (): TradingCommand => ({ kind: 'SagaTick' }),
      recover: (): TradingCommand => ({ kind: 'SagaRecover' }),
    },
    sagasOf: (state) => state.sagas,
    outputOf: (output) => (output.kind === 'saga-call' || output.kind === 'saga-ended' ? output : undefined),
    nowMicros,
    shardId,
    tracing: {
      tracing: core.tracing,
      shardId,
      traceOf: (call) => traces.of(call),
      nameOf: (request) => request.kind,
    },
    log,
  });
  // 7 What cancels the orders of an engaged kill switch, and what brings released stop orders to the book.
  const sweeper = new KillSweeper(core);
  const canceler = new MassCanceler(core);
  const stopTrigger = new StopTrigger(core);
  return {
    instruments,
    placedOrders,
    replacedOrders,
    traces,
    hub,
    codec,
    history,
    marketHistory,
    marketFeed,
    sharedQuotes,
    sagas,
    sweeper,
    canceler,
    stopTrigger,
    clients,
  };
}

function openDirectories(settings: TradingSettings, log: TradingCore['log']) {
  const tls = serviceTlsFiles(settings);
  const risk = new ShardDirectory({ service: 'risk', seeds: settings.CLEARWAY_RISK_ADDRESS, tls, log });
  const seeds = settings.CLEARWAY_CLEARING_ADDRESS;
  const clearing = new ShardDirectory({ service: 'clearing', seeds, tls, log });
  const clients = {
    stop: () => {
      risk.close();
      clearing.close();
    },
  };
  return { risk, clearing, clients };
}

/** In order: who listens, what is listed and shown, and last the sagas, which begin to act. */
async function start(core: TradingCore, parts: Parts): Promise<readonly Stoppable[]> {
  const { instruments, placedOrders, replacedOrders, traces, hub, marketFeed } = parts;
  const { sagas, sweeper, canceler, stopTrigger, clients, sharedQuotes } = parts;
  core.shard.onOutputs((outputs) => instruments.take(outputs));
  core.shard.onOutputs((outputs) => hub.take(outputs));
  core.shard.onOutputs((outputs) => placedOrders.take(outputs));
  core.shard.onOutputs((outputs) => replacedOrders.take(outputs));
  core.shard.onOutputs((outputs) => traces.take(outputs));
  core.shard.onOutputs((outputs) => marketFeed.take(outputs));
  instruments.load(
    await core.read((state) => [...state.markets.values()].map((market) => market.instrument)),
  );
  await marketFeed.start();
  await sagas.start();
  core.shard.onOutputs((outputs) => stopTrigger.take(outputs));
  await sweeper.resume();
  stopTrigger.resume();
  const quotes = sharedQuotes === undefined ? [] : [sharedQuotes];
  return [clients, ...quotes, marketFeed, sagas, sweeper, canceler, new SessionClock(core, marketFeed)];
}

function rpcServices(core: TradingCore, parts: Parts, settings: TradingSettings): RpcService[] {
  const { instruments, placedOrders, replacedOrders, traces, hub, codec, history, sweeper } = parts;
  const { marketHistory, marketFeed, canceler } = parts;
  const modes = settings.CLEARWAY_SELF_TRADE_PREVENTION;
  return [
    rpcService({
      definition: trading.TradingServiceService,
      allow: allow.TRADING_SERVICE,
      handlers: {
        placeOrder: placeOrderRpc(core, codec, placedOrders, traces, modes),
        getOrderStatus: getOrderStatusRpc(core, codec, history),
        cancelOrder: cancelOrderRpc(core, codec, placedOrders, traces),
        replaceOrder: replaceOrderRpc(core, codec, replacedOrders),
        massCancel: massCancelRpc(canceler),
        listOrders: listOrdersRpc(core, codec, history),
        streamOrders: streamOrdersRpc({ core, codec, placedOrders, replacedOrders, hub, traces, modes }),
        watchOrders: watchOrdersRpc(core, codec, hub),
        listInstruments: listInstrumentsRpc(core),
      },
    }),
    rpcService({
      definition: trading.TradingAdminServiceService,
      allow: allow.TRADING_ADMIN_SERVICE,
      handlers: {
        listInstrument: listInstrumentRpc(core, settings.CLEARWAY_ASSETS),
        setTradingStatus: setTradingStatusRpc(core),
        engageKillSwitch: engageKillSwitchRpc(core, sweeper),
        requestKillSwitchRelease: requestKillSwitchReleaseRpc(core),
        confirmKillSwitchRelease: confirmKillSwitchReleaseRpc(core),
        listKillSwitches: listKillSwitchesRpc(core),
        listOrderNeeds: listOrderNeedsRpc(core),
      },
    }),
    marketDataService({
      feed: marketFeed,
      history: marketHistory,
      instrumentOf: instruments.of,
      shardId: core.shardId,
      nowMicros: () => Date.now() * 1_000,
    }),
    sagaService(core),
    invariantService(
      core,
      (state) => [
        ...tradingInvariants(state),
        nothingOutlivesItsTime(state, Date.now() * 1_000),
        marketFeed.invariant(state),
      ],
      allow.INVARIANT_SERVICE,
    ),
    feedService(core, allow.FEED_SERVICE),
  ];
}

function sagaService(core: TradingCore): RpcService {
  const steer =
    (kind: 'RetrySaga' | 'CompensateSaga') =>
    async (sagaNumber: number, origin: Parameters<typeof core.shard.submit>[1]) =>
      outcomeOf(await core.shard.submit({ kind, sagaNumber }, origin), 'steered').outcome;
  const handlers = sagaServiceHandlers<TradingState>({
    shardId: core.shardId,
    read: (view) => core.read(view),
    sagasOf: (state) => state.sagas,
    stepsOf: (kind) => sagaMachine.stepsOf(kind),
    retry: steer('RetrySaga'),
    compensate: steer('CompensateSaga'),
    nextEvent: () => core.shard.durablePosition().nextEvent,
  });
  return rpcService({ definition: saga.SagaServiceService, allow: allow.SAGA_SERVICE, handlers });
}

function sagaCounts({ sagas }: TradingState): SagaCounts {
  const isParked = (instance: SagaInstance) => instance.steps.some((step) => step.parked);
  return { live: sagas.liveCount, parked: [...sagas.values()].filter(isParked).length };
}
