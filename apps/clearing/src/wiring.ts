import { join } from 'node:path';
import { clearing } from '@clearway/contracts';
import {
  type ClearingCommand,
  type ClearingEvent,
  type ClearingOutcome,
  type ClearingOutput,
  type ClearingState,
  clearingInvariants,
  clearingMachine,
  type RiskRequest,
} from '@clearway/domain-clearing';
import { type RpcService, rpcService } from '@clearway/platform-rpc';
import { SagaRuntime } from '@clearway/platform-saga';
import {
  feedService,
  invariantService,
  perCore,
  type SagaCounts,
  type ServiceDefinition,
  type Stoppable,
  serviceTlsFiles,
} from '@clearway/platform-service';
import { ShardDirectory } from '@clearway/platform-sharding';
import type { ClearingCore } from './clearing-core';
import { riskParticipant } from './clients/risk.participant';
import { clearingEventCodec } from './codec/clearing-event.codec';
import type { ClearingSettings } from './config';
import { clearingMigrations } from './migrations/clearing-migrations';
import { LedgerQueries } from './projections/ledger-queries';
import { clearingReadModel } from './projections/read-model';
import { allowClearing, allowClearingAdmin, allowClearingStep, allowFeed, allowInvariant } from './rpc/allow';
import { depositRpc } from './rpc/deposit.rpc';
import { executeStepsRpc } from './rpc/execute-steps.rpc';
import { freezeAccountRpc } from './rpc/freeze-account.rpc';
import { getBalancesRpc } from './rpc/get-balances.rpc';
import { getTransferRpc } from './rpc/get-transfer.rpc';
import { listLedgerBalancesRpc } from './rpc/list-ledger-balances.rpc';
import { listPostingsRpc } from './rpc/list-postings.rpc';
import { clearingRoutes } from './rpc/routes';
import { sagaService } from './rpc/saga.service';
import { unfreezeAccountRpc } from './rpc/unfreeze-account.rpc';
import { withdrawRpc } from './rpc/withdraw.rpc';

type Definition = ServiceDefinition<
  ClearingState,
  ClearingCommand,
  ClearingEvent,
  ClearingOutcome,
  ClearingOutput
>;
type Runtime = SagaRuntime<ClearingState, ClearingCommand, ClearingOutput, RiskRequest>;

const TURN_INTERVAL_MS = 25;

/** What is made once the shard is there. */
interface Parts {
  readonly risk: ShardDirectory;
  readonly sagas: Runtime;
  readonly queries: LedgerQueries;
}

/** The whole of clearing in one numbered list; the only place that makes its parts. */
export function wireClearing(settings: ClearingSettings): Definition {
  const partsOf = perCore((core: ClearingCore) => makeParts(core, settings));
  return {
    name: 'clearing',
    settings,
    machine: clearingMachine,
    codec: clearingEventCodec,
    // an order is answered before its trades are settled, so it gathers longer than trading and risk
    shardLimits: { turnIntervalMs: TURN_INTERVAL_MS },
    migrations: clearingMigrations,
    readModels: [clearingReadModel],
    routes: clearingRoutes,
    rpcServices: (core) => rpcServices(core, partsOf(core), settings),
    started: (core) => started(partsOf(core)),
    sagaCounts,
    snapshotWorkerFile: join(__dirname, 'snapshot.worker.js'),
  };
}

function makeParts(core: ClearingCore, settings: ClearingSettings): Parts {
  const { log, shard, shardId } = core;
  // 1 The way to risk, which executes steps of clearing's sagas.
  const tls = serviceTlsFiles(settings);
  const risk = new ShardDirectory({ service: 'risk', seeds: settings.CLEARWAY_RISK_ADDRESS, tls, log });
  // 2 The saga runtime, which sends what the machine publishes and brings the answers back.
  const sagas: Runtime = new SagaRuntime({
    shard: {
      submit: (command: ClearingCommand) => core.submitOwn(command, command.kind),
      read: (view) => core.read(view),
      onOutputs: (listener) => shard.onOutputs(listener),
    },
    participants: { risk: riskParticipant(risk, shardId) },
    commands: {
      answers: (answers): ClearingCommand => ({ kind: 'SagaAnswers', answers }),
      tick: (): ClearingCommand => ({ kind: 'SagaTick' }),
      recover: (): ClearingCommand => ({ kind: 'SagaRecover' }),
    },
    sagasOf: (state) => state.sagas,
    outputOf: (output) => output,
    nowMicros: () => Date.now() * 1_000,
    shardId,
    log,
  });
  // 3 History, from the read models.
  const queries = new LedgerQueries(core.pool, shardId);
  return { risk, sagas, queries };
}

function rpcServices(
  core: ClearingCore,
  { sagas, queries }: Parts,
  settings: ClearingSettings,
): RpcService[] {
  const { CLEARWAY_ASSETS: assets } = settings;
  const transfers = {
    shard: core,
    assets,
    whenEnded: (sagaNumber: number, timeoutMs: number) => sagas.whenEnded(sagaNumber, timeoutMs),
    findForgotten: (account: string, requestId: string) => queries.findTransfer(account, requestId),
  };
  const history = { shard: core, assets, queries };
  return [
    rpcService({
      definition: clearing.ClearingServiceService,
      allow: allowClearing,
      handlers: {
        deposit: depositRpc(transfers),
        withdraw: withdrawRpc(transfers),
        getTransfer: getTransferRpc(transfers),
        getBalances: getBalancesRpc(history),
        listPostings: listPostingsRpc(history),
      },
    }),
    rpcService({
      definition: clearing.ClearingAdminServiceService,
      allow: allowClearingAdmin,
      handlers: {
        freezeAccount: freezeAccountRpc(core),
        unfreezeAccount: unfreezeAccountRpc(core),
        listLedgerBalances: listLedgerBalancesRpc(core),
      },
    }),
    rpcService({
      definition: clearing.ClearingStepServiceService,
      allow: allowClearingStep,
      handlers: { executeSteps: executeStepsRpc(core) },
    }),
    sagaService(core),
    invariantService(core, clearingInvariants, allowInvariant),
    feedService(core, allowFeed),
  ];
}

async function started({ sagas, risk }: Parts): Promise<readonly Stoppable[]> {
  await sagas.start();
  return [{ stop: () => risk.close() }, sagas];
}

function sagaCounts({ sagas }: ClearingState): SagaCounts {
  let parked = 0;
  for (const saga of sagas.values()) if (saga.steps.some((step) => step.parked)) parked += 1;
  return { live: sagas.liveCount, parked };
}
