import { saga } from '@clearway/contracts';
import type { SagaInstance, Sagas, SteerOutcome } from '@clearway/domain-saga';
import {
  type CallOrigin,
  fields,
  RpcError,
  type ServiceHandlers,
  toWireReasons,
} from '@clearway/platform-rpc';

/** Page size of ListSagas when none is given, and the largest. */
const PAGE_SIZE_DEFAULT = 100;
const PAGE_SIZE_MAX = 500;
/** Number of the last saga shown; none on the first page. */
const PAGE_TOKEN = /^([1-9][0-9]{0,15})?$/;
const SAGA_ID = { charsMax: 64 };

const { SAGA_STATUS_COMPENSATING, SAGA_STATUS_PARKED, SAGA_STATUS_RUNNING } = saga.SagaStatus;

/** What the service needs of its host. */
export interface SagaServiceHost<State> {
  readonly shardId: string;
  read<T>(view: (state: State) => T): Promise<T>;
  sagasOf(state: State): Sagas;
  stepsOf(kind: string): readonly { name: string; participant: string; pivot: boolean }[];
  retry(sagaNumber: number, origin: CallOrigin): Promise<SteerOutcome>;
  compensate(sagaNumber: number, origin: CallOrigin): Promise<SteerOutcome>;
  nextEvent(): number;
}

/** Builds the handlers for one host. */
export function sagaServiceHandlers<State>(
  host: SagaServiceHost<State>,
): ServiceHandlers<typeof saga.SagaServiceService> {
  return {
    listSagas: (request) => listSagas(host, request),
    getSaga: async (request) => ({ saga: await find(host, numberOf(host, request.sagaId)) }),
    retrySaga: async (request, call) => {
      const number = numberOf(host, request.sagaId);
      const before = await find(host, number);
      await host.retry(number, call.toCommandContext());
      return { saga: await find(host, number).catch(() => before) };
    },
    compensateSaga: async (request, call) => {
      const number = numberOf(host, request.sagaId);
      const before = await find(host, number);
      const outcome = await host.compensate(number, call.toCommandContext());
      if (outcome === 'past-pivot') throw new RpcError('PAST_PIVOT', undefined, { saga_id: request.sagaId });
      return { saga: await find(host, number).catch(() => before) };
    },
  };
}

async function listSagas<State>(
  host: SagaServiceHost<State>,
  request: saga.ListSagasRequest,
): Promise<saga.ListSagasResponse> {
  const pageSize = request.pageSize || PAGE_SIZE_DEFAULT;
  if (pageSize > PAGE_SIZE_MAX || !PAGE_TOKEN.test(request.pageToken)) throw new RpcError('INVALID_PAGE');
  const after = Number(request.pageToken);
  return host.read((state) => {
    const sagas = host.sagasOf(state);
    const all = [...sagas.values()];
    const parked = all.filter(isParked);
    const chosen = (request.parkedOnly ? parked : all).filter((each) => each.number > after);
    const page = chosen.slice(0, pageSize);
    const more = chosen.length > page.length;
    return {
      sagas: page.map((each) => toWire(host, each)),
      nextPageToken: more ? String(page.at(-1)?.number) : '',
      position: {
        shard: host.shardId,
        nextEvent: host.nextEvent(),
        liveSagas: sagas.liveCount,
        parkedSagas: parked.length,
      },
    };
  });
}

async function find<State>(host: SagaServiceHost<State>, number: number): Promise<saga.Saga> {
  const found = await host.read((state) => {
    const instance = host.sagasOf(state).get(number);
    return instance && toWire(host, instance);
  });
  if (!found) throw new RpcError('UNKNOWN_SAGA', undefined, { saga_id: `${host.shardId}#${number}` });
  return found;
}

function numberOf<State>(host: SagaServiceHost<State>, sagaId: string): number {
  const check = fields();
  check.text('saga_id', sagaId, SAGA_ID);
  check.done();
  const [shard, number, ...rest] = sagaId.split('#');
  const known = shard === host.shardId && rest.length === 0 && /^[1-9][0-9]{0,15}$/.test(number ?? '');
  if (!known) throw new RpcError('UNKNOWN_SAGA', undefined, { saga_id: sagaId });
  return Number(number);
}

function isParked(instance: SagaInstance): boolean {
  return instance.steps.some((step) => step.parked);
}

/** The step's state in the words of the contract: what is asked for now runs, what comes later is pending. */
function stateOf(instance: SagaInstance, step: SagaInstance['steps'][number]): string {
  if (step.parked) return 'PARKED';
  if (step.status === 'refused' || step.status === 'compensated') return step.status.toUpperCase();
  if (instance.turnedAtStage >= 0) return step.stage <= instance.turnedAtStage ? 'COMPENSATING' : 'PENDING';
  if (step.status === 'succeeded') return 'SUCCEEDED';
  const open = instance.steps.find(({ status }) => status !== 'succeeded');
  return step.stage === open?.stage ? 'RUNNING' : 'PENDING';
}

function toWire<State>(host: SagaServiceHost<State>, instance: SagaInstance): saga.Saga {
  const names = host.stepsOf(instance.kind);
  const back = instance.turnedAtStage >= 0;
  return {
    sagaId: `${host.shardId}#${instance.number}`,
    kind: instance.kind,
    subject: instance.subject,
    status: isParked(instance) ? SAGA_STATUS_PARKED : back ? SAGA_STATUS_COMPENSATING : SAGA_STATUS_RUNNING,
    steps: instance.steps.map((step, index) => ({
      step: index,
      name: names[index]?.name ?? '',
      participant: names[index]?.participant ?? '',
      state: stateOf(instance, step),
      attempts: step.attempts,
      lastError: step.lastCode,
      pivot: names[index]?.pivot ?? false,
    })),
    startedAtMicros: instance.startedAtMicros,
    deadlineMicros: instance.deadlineMicros,
    reasons: toWireReasons(instance.reasons),
  };
}
