import {
  type ClearingCommand,
  type ClearingEvent,
  type ClearingOutcome,
  type ClearingOutput,
  type ClearingState,
  type ClearingStepResult,
  clearingInvariants,
  type ExecuteSteps,
  type RequestTransfer,
  type RiskRequest,
  type Transfer,
} from '@clearway/domain-clearing';
import type { Turn } from '@clearway/kernel';
import { RpcError } from '@clearway/platform-rpc';
import { SagaRuntime } from '@clearway/platform-saga';
import { type ReadFeed, readFeed } from './feed-reading';
import type { ClearingMachine } from './machines';
import type { Network } from './network';
import { riskOfClearing, type Send } from './participants';
import { plainEventCodec } from './plain-event-codec';
import { FORGET_SAGAS_AFTER } from './risk-service';
import type { ServiceProcess, ServiceSpec } from './service-process';
import type { World } from './world';

/** What a clearing process is made of. */
export type ClearingSpec = ServiceSpec<
  ClearingState,
  ClearingCommand,
  ClearingEvent,
  ClearingOutcome,
  ClearingOutput
>;
type ClearingProcess = ServiceProcess<
  ClearingState,
  ClearingCommand,
  ClearingEvent,
  ClearingOutcome,
  ClearingOutput
>;
type Runtime = SagaRuntime<ClearingState, ClearingCommand, ClearingOutput, RiskRequest>;

const TRANSFER_WAIT_MS = 1_500;

/** Clearing as apps/clearing wires it: handlers, the saga runtime, and a read model that follows its feed. */
export function clearingSpec(
  machine: ClearingMachine,
  world: World,
  network: Network,
  follow: (process: ServiceProcess) => void,
): ClearingSpec {
  const runtimes = new WeakMap<ClearingProcess, Runtime>();
  return {
    name: 'clearing',
    machine,
    codec: plainEventCodec(),
    check: clearingInvariants,
    handlers: (process) => clearingHandlers(process, () => runtimes.get(process)),
    started: async (process) => {
      const runtime = runtimeOf(process, network, world);
      runtimes.set(process, runtime);
      await runtime.start();
      follow(process as unknown as ServiceProcess);
    },
  };
}

function clearingHandlers(process: ClearingProcess, runtime: () => Runtime | undefined) {
  return {
    ExecuteSteps: async (command: ExecuteSteps): Promise<readonly ClearingStepResult[]> => {
      const outcome = await process.submit(command);
      if (outcome.kind !== 'steps') throw new Error(`steps were answered with ${outcome.kind}`);
      return outcome.results;
    },
    RequestTransfer: (command: RequestTransfer) => requestTransfer(process, runtime(), command),
    Command: (command: ClearingCommand) => process.submit(command),
    ReadFeed: (request: ReadFeed) => readFeed(process as unknown as ServiceProcess, request),
  };
}

async function requestTransfer(
  process: ClearingProcess,
  runtime: Runtime | undefined,
  command: RequestTransfer,
): Promise<Transfer> {
  const outcome = await process.submit(command);
  if (outcome.kind === 'request-id-reused') throw new RpcError('REQUEST_ID_REUSED');
  if (outcome.kind !== 'transfer') throw new Error(`a transfer was answered with ${outcome.kind}`);
  const { transfer } = outcome;
  if (transfer.status !== 'pending') return transfer;
  await runtime?.whenEnded(transfer.sagaNumber, TRANSFER_WAIT_MS);
  const newest = await process.shard.read(({ transfers }) => transfers.get(transfer.transferNumber));
  return newest ?? transfer;
}

function runtimeOf(process: ClearingProcess, network: Network, world: World): Runtime {
  const send: Send = (call) => network.call({ ...call, from: process.owner, caller: 'clearing' });
  return new SagaRuntime({
    shard: {
      submit: (command: ClearingCommand) => process.submit(command),
      read: (view) => process.shard.read(view),
      onOutputs: (listener) => process.shard.onOutputs(listener),
    },
    participants: { risk: riskOfClearing(send, 'clearing/0') },
    commands: {
      answers: (answers) => ({ kind: 'SagaAnswers', answers }),
      tick: () => ({ kind: 'SagaTick' }),
      recover: () => (world.mutation.forgetsToRecover ? { kind: 'SagaTick' } : { kind: 'SagaRecover' }),
    },
    sagasOf: (state) => state.sagas,
    outputOf: (output) => output,
    nowMicros: () => process.nowMicros(),
    log: { warn: () => undefined, info: () => undefined },
  });
}

/** Clearing that forgets ended sagas after a few instead of after 512. */
export function forgetfulClearing(machine: ClearingMachine): ClearingMachine {
  return {
    ...machine,
    decide: (state, command, turn: Turn<ClearingEvent, ClearingOutput>) => {
      if (command.kind === 'ExecuteSteps') {
        const { originShard, finishedBelow } = command;
        if (finishedBelow - state.participants.finishedBelow(originShard) >= FORGET_SAGAS_AFTER)
          turn.emit({ kind: 'SagasFinished', originShard, finishedBelow });
      }
      return machine.decide(state, command, turn);
    },
  };
}
